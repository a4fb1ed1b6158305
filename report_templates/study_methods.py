"""How the figures of studies were made: intervals, tests, and the ways in which alternatives are searched for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.report_templates.document import Definition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STUDIES = ("model", "user_metrics", "proxies", "counterfactual", "alternatives")

STUDY_METHODS: dict[str, Definition] = {
    "crossed_score": Definition(
        "Score, names and résumés crossed",
        "Interval of a share, or of a net effect on decisions: all values that a score test would not reject, with "
        "the variance that decisions would have at that value; to it is added what names, and answers about one "
        "résumé or job, have in common.",
        "",
        "Tango, Statistics in Medicine 17 (1998), 891–908; Judd, Westfall & Kenny, Journal of Personality and Social "
        "Psychology 103 (2012), doi:10.1037/a0028347",
    ),
    "crossed_log": Definition(
        "Logarithm, names and résumés crossed",
        "Interval of the ratio of two shares of the same résumés, with what names, and answers about one résumé or "
        "job, have in common.",
        "",
        "Judd, Westfall & Kenny, Journal of Personality and Social Psychology 103 (2012), doi:10.1037/a0028347",
    ),
    "crossed_t": Definition(
        "Student's t, names and résumés crossed",
        "Interval of a mean difference of scores. Names are a sample of their group's, and so are résumés: both are "
        "random, and the interval is about names and résumés of the same kind.",
        "mean ± t·√variance, degrees of freedom after Satterthwaite",
        "Judd, Westfall & Kenny, Journal of Personality and Social Psychology 103 (2012), doi:10.1037/a0028347; "
        "Satterthwaite, Biometrics Bulletin 2 (1946), doi:10.2307/3002019",
    ),
    "mcnemar_mid_p": Definition(
        "McNemar mid-P",
        "Test of paired decisions, where each résumé has one pair: of the pairs that differ, either group is the one "
        "selected as often as the other. It counts the result seen by half.",
        "2·(P(X < min(b, c)) + ½P(X = min(b, c))), at most 1; X binomial of b + c and ½",
        "McNemar, Psychometrika 12 (1947), doi:10.1007/BF02295996; Fagerland, Lydersen & Laake, BMC Medical Research "
        "Methodology 13 (2013), 91, doi:10.1186/1471-2288-13-91",
    ),
    "mcnemar_exact": Definition(
        "McNemar exact",
        "The same test without halving; its p is never too small, and often too large.",
        "2·P(X ≤ min(b, c)), at most 1; X binomial of b + c and ½",
        "McNemar, Psychometrika 12 (1947), doi:10.1007/BF02295996",
    ),
    "sign_flip": Definition(
        "Sign-flip permutation",
        "Test that the swap changes nothing at all: the signs of the differences are exchanged, those of one résumé "
        "(or job) together, and p is how often their sum is then as far from 0 as the one seen. It also rejects where "
        "names differ within a group: whether the groups differ by more, the interval says.",
        "p = (1 + draws at least as far) / (1 + draws), or the share of all exchanges where all are looked at",
        "Phipson & Smyth, Statistical Applications in Genetics and Molecular Biology 9 (2010), "
        "doi:10.2202/1544-6115.1585",
    ),
    "delong_logit": Definition(
        "DeLong, on the logit scale",
        "Interval of an area under the curve, by how its placements vary in either class.",
        "",
        "DeLong, DeLong & Clarke-Pearson, Biometrics 44 (1988), doi:10.2307/2531595",
    ),
    "newcombe_auc": Definition(
        "Newcombe's fifth method for areas",
        "Interval of an area under the curve where a class is small, or placements do not vary.",
        "",
        "Newcombe, Statistics in Medicine 25 (2006), 559–573, doi:10.1002/sim.2324",
    ),
    "delong_halves": Definition(
        "DeLong, mean of two halves",
        "Interval of the mean area of two halves, each scored by what was learnt on the other; the two count as one "
        "accident, not as two.",
        "",
        "DeLong, DeLong & Clarke-Pearson, Biometrics 44 (1988), doi:10.2307/2531595",
    ),
    "noncentral_chi_square": Definition(
        "Noncentral χ²",
        "Interval of mutual information, which has been corrected for its bias: all values under which the "
        "likelihood-ratio statistic seen is in neither tail.",
        "I = Σ p(x, a)·ln(p(x, a) / p(x)p(a)) − (r − 1)(c − 1)/2n, at least 0",
        "Miller, Note on the bias of information estimates (1955); Wilks, Annals of Mathematical Statistics 9 (1938), "
        "doi:10.1214/aoms/1177732360",
    ),
    "shuffled_inputs": Definition(
        "Shuffled inputs",
        "What a feature contributes: the difference of the shares selected, less that which is left when the model is "
        "given somebody else's value of the feature, drawn at random.",
        "",
        "Fisher, Rudin & Dominici, Journal of Machine Learning Research 20 (2019), 177",
    ),
    "kitagawa": Definition(
        "Composition, after Kitagawa",
        "What a feature contributes: the part of the difference of the shares selected that goes with how its values "
        "are spread over the two groups. The rest goes with different shares at the same value.",
        "Σ over values of (share₁ − share₂)·(rate₁ + rate₂)/2",
        "Kitagawa, Journal of the American Statistical Association 50 (1955), doi:10.1080/01621459.1955.10501299",
    ),
    "delta": Definition(
        "Delta method",
        "Interval of a precision in which some are selected by lot: normal, by each person's pull.",
        "",
        "",
    ),
    "delta_log": Definition(
        "Delta method, on the logarithm",
        "Interval of a ratio of rates in which some are selected by lot.",
        "",
        "",
    ),
    "intersection_union": Definition(
        "Intersection–union test",
        "Better and as valid: one-sided tests of validity no lower than the margin allows and of a ratio nearer "
        "parity, on the same people. Both have to reject, so p is the larger one, and needs no adjustment.",
        "p = max(p of validity, p of ratio)",
        "Berger, Technometrics 24 (1982), doi:10.2307/1267823",
    ),
    "reweighing": Definition(
        "Reweighing",
        "Training rows are weighted so that group and outcome are independent of each other.",
        "w(a, y) = P(a)·P(y) / P(a, y)",
        "Kamiran & Calders, Knowledge and Information Systems 33 (2012), doi:10.1007/s10115-011-0463-8",
    ),
    "exponentiated_gradient": Definition(
        "Exponentiated gradient",
        "Training as a game between error and a constraint on the groups' rates; the group is read in training only.",
        "",
        "Agarwal et al., Proceedings of the 35th International Conference on Machine Learning (2018), 60–69",
    ),
    "grid_search": Definition(
        "Grid search",
        "The same constraint, each trained model standing for one weight of it.",
        "",
        "Agarwal et al., Proceedings of the 35th International Conference on Machine Learning (2018), 60–69",
    ),
    "banding": Definition(
        "Banding",
        "Scores within a band count as equal; whom of the last band is selected is drawn by lot or by a stated column, "
        "never by group.",
        "",
        "Cascio et al., Human Performance 4 (1991), doi:10.1207/s15327043hup0404_1",
    ),
}


def used(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of the methods by which an audit's studies were made, some of them several times."""
    for name in STUDIES:
        yield from _named(audit.get(name))
    search = audit.get("alternatives")
    if search is not None:
        for candidate in search["candidates"]:
            yield candidate["family"]
            if candidate["against_baseline"] is not None:
                yield "intersection_union"


def _named(content: Any) -> Iterator[str]:
    """Yield every method that a part of a study names, whatever it is of."""
    if isinstance(content, list):
        for part in content:
            yield from _named(part)
    elif isinstance(content, dict):
        if isinstance(content.get("method"), str):
            yield content["method"]
        for key, part in content.items():
            if key == "mcnemar":
                if part is not None:
                    yield f"mcnemar_{part['method']}"
                continue
            if key == "sign_flip" and part is not None:
                yield key
            yield from _named(part)
