"""How the figures of a report were made: intervals, tests and adjustments, each with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.report_templates import terms, words
from fairwitness.report_templates.analyses import adjusted
from fairwitness.report_templates.analyses.stratified_methods import STRATIFIED_METHODS
from fairwitness.report_templates.analyses.stratified_methods import used as used_within
from fairwitness.report_templates.document import Definition, Definitions, Heading, Section
from fairwitness.report_templates.study_methods import STUDY_METHODS
from fairwitness.report_templates.study_methods import used as used_by_studies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.document import Block

METHODS: dict[str, Definition] = {
    "wilson": Definition(
        "Wilson score",
        "Interval of a rate: all rates that a score test would not reject.",
        "(p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) / (1 + z²/n)",
        "Wilson, Journal of the American Statistical Association 22 (1927), doi:10.1080/01621459.1927.10502953",
    ),
    "koopman": Definition(
        "Koopman score",
        "Interval of a ratio of rates: all ratios that a score test would not reject.",
        "all ρ with (xf − nf·p̃f)²/(nf·p̃f(1 − p̃f)) + (xr − nr·p̃r)²/(nr·p̃r(1 − p̃r)) ≤ z², p̃ fitted with p̃f = ρ·p̃r",
        "Koopman, Biometrics 40 (1984), doi:10.2307/2531405",
    ),
    "koopman_rejection": Definition(
        "Koopman score, of rejections",
        "The same interval, of the rejection rates: the reference's over the group's.",
        "",
        "Koopman, Biometrics 40 (1984), doi:10.2307/2531405",
    ),
    "newcombe": Definition(
        "Newcombe hybrid score",
        "Interval of a difference of rates, joined from the Wilson limits l, u of both.",
        "d − √((pf − lf)² + (ur − pr)²) to d + √((uf − pf)² + (pr − lr)²)",
        "Newcombe, Statistics in Medicine 17 (1998), 873–890, method 10",
    ),
    "odds_ratio_score": Definition(
        "Cornfield score",
        "Interval of an odds ratio: all odds ratios that a score test would not reject.",
        "",
        "Cornfield, Proceedings of the Third Berkeley Symposium 4 (1956), 135–148",
    ),
    "cohens_h": Definition(
        "Interval of Cohen's h",
        "By its variance, which does not depend on the rates.",
        "h ± z·√(1/nf + 1/nr)",
        "Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd ed. (1988), chapter 6",
    ),
    "bootstrap_percentile": Definition(
        "Bootstrap percentile",
        "Interval of a figure of a whole table: the table's cells are drawn anew as often as the plan says.",
        "",
        "Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapter 13",
    ),
    "newcombe_extreme_pair": Definition(
        "Newcombe hybrid score of the extreme pair",
        "Interval of a whole table's difference, taken from the two groups that make it; not adjusted for their "
        "choice.",
        "",
        "Newcombe, Statistics in Medicine 17 (1998), 873–890, method 10",
    ),
    "koopman_extreme_pair": Definition(
        "Koopman score of the extreme pair",
        "Interval of a whole table's ratio, taken from the two groups that make it; not adjusted for their choice.",
        "",
        "Koopman, Biometrics 40 (1984), doi:10.2307/2531405",
    ),
    "pooled_z": Definition(
        "Pooled z",
        "Test of equal rates without continuity correction. The default where every expected count is at least 5 and "
        "there are at least 30 decisions.",
        "z = (pf − pr) / √(p(1 − p)(1/nf + 1/nr)), p the pooled rate",
        "Fleiss, Levin & Paik, Statistical Methods for Rates and Proportions, 3rd ed. (2003), chapter 3",
    ),
    "mid_p": Definition(
        "mid-P, doubled",
        "Exact test of equal rates that counts the table seen by half. The default where counts are too small for "
        "pooled z.",
        "2·min(P(X < x) + ½P(X = x), P(X > x) + ½P(X = x)), X hypergeometric",
        "Lancaster, Journal of the American Statistical Association 56 (1961), doi:10.1080/01621459.1961.10482105",
    ),
    "fisher_exact": Definition(
        "Fisher exact",
        "Exact test of equal rates: the probability of all tables no likelier than the one seen. Shown beside the "
        "default.",
        "",
        "Fisher, Journal of the Royal Statistical Society 98 (1935), doi:10.2307/2342435",
    ),
    "cluster_robust": Definition(
        "Cluster-robust",
        "Wilson's interval of a rate, for as many independent decisions as would spread like the rate does between "
        "clusters, with Student's t; intervals that compare two rates are joined from theirs, with the correlation "
        "that shared clusters make.",
        "variance of p: Σ((x_c − p·n_c)/n)² / (1 − Σ(n_c/n)²) over clusters c",
        "Liang & Zeger, Biometrika 73 (1986), doi:10.1093/biomet/73.1.13; Zou & Donner, Statistics in Medicine 27 "
        "(2008), doi:10.1002/sim.3095; Donner & Zou, Statistical Methods in Medical Research 21 (2012), "
        "doi:10.1177/0962280210383082",
    ),
    "design_based": Definition(
        "Design-based",
        "The same with survey weights: a decision, or a cluster of decisions, is taken as drawn by itself, with "
        "replacement, and its weight as fixed.",
        "variance of p: Σ(w(y − p)/W)² / (1 − Σ(w/W)²), W = Σw",
        "Binder, International Statistical Review 51 (1983), doi:10.2307/1402588",
    ),
    "cluster_robust_z": Definition(
        "Cluster-robust z",
        "Test of equal rates where decisions come in clusters, by Student's t with degrees of freedom that grow with "
        "the number of clusters. As in the pooled z, variances are those at the common rate, times each group's design "
        "effect, which is at least 1. The default where clusters are named.",
        "z = (pf − pr) / √(vf + vr − 2·cfr)",
        "Liang & Zeger, Biometrika 73 (1986), doi:10.1093/biomet/73.1.13; Cameron & Miller, Journal of Human Resources "
        "50 (2015), doi:10.3368/jhr.50.2.317",
    ),
    "design_based_z": Definition(
        "Design-based z",
        "The same test with survey weights. The default where decisions have weights.",
        "z = (pf − pr) / √(vf + vr − 2·cfr)",
        "Binder, International Statistical Review 51 (1983), doi:10.2307/1402588",
    ),
    "mcnemar_exact": Definition(
        "McNemar exact",
        "Exact test of pairs, where every cluster has one decision on each side: of the pairs with one selected, as "
        "many should be of either side.",
        "2·P(X ≤ min(b, c)), X binomial(b + c, ½)",
        "McNemar, Psychometrika 12 (1947), doi:10.1007/BF02295996",
    ),
    "mcnemar_mid_p": Definition(
        "McNemar mid-P",
        "The same, with the number seen counted by half.",
        "",
        "Fagerland, Lydersen & Laake, BMC Medical Research Methodology 13 (2013), doi:10.1186/1471-2288-13-91",
    ),
    "cluster_bootstrap": Definition(
        "Cluster bootstrap",
        "Interval of a figure of a whole table: clusters are drawn anew, with all that is in them.",
        "",
        "Field & Welsh, Journal of the Royal Statistical Society B 69 (2007), doi:10.1111/j.1467-9868.2007.00593.x",
    ),
    "weighted_bootstrap": Definition(
        "Weighted bootstrap",
        "Interval of a figure of a whole table: every decision's weight is multiplied by an exponential draw, as in "
        "the Bayesian bootstrap; sums of weights are drawn with their mean and variance.",
        "",
        "Rubin, Annals of Statistics 9 (1981), doi:10.1214/aos/1176345338",
    ),
    "cluster_robust_extreme_pair": Definition(
        "Cluster-robust, of the extreme pair",
        "Interval of a whole table's figure, taken from the two groups that make it; not adjusted for their choice.",
        "",
        "",
    ),
    "design_based_extreme_pair": Definition(
        "Design-based, of the extreme pair",
        "Interval of a whole table's figure, taken from the two groups that make it; not adjusted for their choice.",
        "",
        "",
    ),
    "mean_difference_z": Definition(
        "z of the mean difference", "Test of a mean of two differences of rates, each with its own variance.", "", ""
    ),
}

ALWAYS = (
    Definition(
        "Adjustment for several comparisons",
        "Holm's step-down method, over all pairs of a table where the data chose the reference, otherwise over the "
        "comparisons with it. The i-th smallest of m p-values is multiplied by m + 1 − i, and none falls below the "
        "one before.",
        "",
        "Holm, Scandinavian Journal of Statistics 6 (1979), 65–70",
    ),
    Definition(
        "Against a proportional share",
        "How many fewer (or more) of a group were selected than if the same number of selections had been shared in "
        "proportion to the groups' sizes. A part of a person is rounded up.",
        "n·K/N − x; n and x of the group, N and K of all",
        "",
    ),
    Definition(
        "Smallest ratio if all rates were equal",
        "Selections are drawn for every group at the pooled rate, as often as the plan says, and the smallest ratio "
        "of each draw is noted: many small groups make small ratios by themselves.",
        "",
        "",
    ),
    Definition(
        "Ratio that could have been shown",
        "The ratio closest to 1 that samples of this size would have shown four times in five. It helps to plan, and "
        "decides nothing about data already seen.",
        "",
        "Hoenig & Heisey, The American Statistician 55 (2001), doi:10.1198/000313001300339897",
    ),
)


def section(audit: Mapping[str, Any]) -> Section | None:
    """Return the methods of the figures that this audit has, or None where it has none."""
    measures = tuple(
        Definition(
            words.capital(terms.metric(m["name"])),
            words.sentence(m["sentence"]),
            words.sentence(m["formula"] or ""),
            words.sentence(m["reference"] or ""),
        )
        for m in audit["methods"]
    )
    used = {*_used(audit), *used_within(audit), *adjusted.used(audit), *used_by_studies(audit)}
    made = tuple(definition for name, definition in _known().items() if name in used)
    blocks: list[Block] = []
    if measures:
        blocks += [Heading("Measures"), Definitions(measures)]
    compared = any(g["tests"] for table in audit["tables"] for g in table["groups"])
    if made:
        blocks += [Heading("Intervals, tests and adjustments"), Definitions(made + (ALWAYS if compared else ()))]
    return Section("methods", "Methods", tuple(blocks)) if blocks else None


def name_of(method: str) -> str:
    """Write the name of an interval or a test.

    Examples
    --------
    >>> name_of("koopman"), name_of("a_new_one")
    ('Koopman score', 'a new one')
    """
    known = _known()
    return known[method].term if method in known else words.label(method).replace("_", " ")


def _known() -> dict[str, Definition]:
    return METHODS | STRATIFIED_METHODS | adjusted.METHODS | STUDY_METHODS


def _used(audit: Mapping[str, Any]) -> Iterator[str]:
    for table in audit["tables"]:
        for entry in (*table["groups"], *table["contrasts"]):
            yield from (e["method"] for e in entry["estimates"].values() if e["method"])
            yield from entry["tests"] or ()
        for e in table["disparities"].values():
            yield from (name for name in (e["method"], (e.get("test") or {}).get("name")) if name)
