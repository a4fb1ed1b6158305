"""How figures within strata are made, each with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.report_templates.document import Definition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STRATIFIED_METHODS: dict[str, Definition] = {
    "mantel_haenszel": Definition(
        "Mantel–Haenszel",
        "One ratio, odds ratio or difference for all strata, each stratum compared with itself. N are the people of "
        "both groups in a stratum.",
        "Σ(xf·nr/N) / Σ(xr·nf/N); odds: Σ(xf·(nr − xr)/N) / Σ((nf − xf)·xr/N); difference: Σ(xf·nr − xr·nf)/N / "
        "Σ(nf·nr/N)",
        "Mantel & Haenszel, Journal of the National Cancer Institute 22 (1959), doi:10.1093/jnci/22.4.719; Greenland & "
        "Robins, Biometrics 41 (1985), doi:10.2307/2530643",
    ),
    "greenland_robins": Definition(
        "Greenland–Robins",
        "Interval of the Mantel–Haenszel ratio, normal on the logarithm; right in few large strata and in many small "
        "ones.",
        "variance Σ(nf·nr·(xf + xr) − xf·xr·N)/N² / (Σ(xf·nr/N)·Σ(xr·nf/N))",
        "Greenland & Robins, Biometrics 41 (1985), doi:10.2307/2530643",
    ),
    "risk_ratio_score": Definition(
        "Greenland–Robins, inverted",
        "The same variance where nobody of one group was selected: all ratios ρ with (R − ρ·S)² ≤ z²·ρ·T.",
        "R = Σ(xf·nr/N), S = Σ(xr·nf/N), T = Σ(nf·nr·(xf + xr) − xf·xr·N)/N²",
        "Greenland & Robins, Biometrics 41 (1985), doi:10.2307/2530643",
    ),
    "robins_breslow_greenland": Definition(
        "Robins–Breslow–Greenland",
        "Interval of the Mantel–Haenszel odds ratio, normal on the logarithm; right in few large strata and in many "
        "small ones.",
        "",
        "Robins, Breslow & Greenland, Biometrics 42 (1986), doi:10.2307/2531052",
    ),
    "conditional_exact": Definition(
        "Exact, conditional",
        "Interval of the common odds ratio given the margins of every stratum, where no other exists.",
        "",
        "Gart, Biometrika 57 (1970), doi:10.1093/biomet/57.3.471",
    ),
    "klingenberg": Definition(
        "Klingenberg",
        "Interval of the Mantel–Haenszel difference by Sato's variance, with the difference not replaced by its "
        "estimate in it.",
        "all δ with (d − δ)² ≤ z²·(δ·P + Q)/W²",
        "Klingenberg, Statistics in Medicine 33 (2014), 2968–2983; Sato, Greenland & Robins, Biometrics 45 (1989), "
        "1323–1324",
    ),
    "cmh": Definition(
        "Cochran–Mantel–Haenszel (CMH)",
        "Test of equal rates within strata. The default where the selections of a group could move by at least five "
        "either way from what is expected, with the margins of all strata held.",
        "(Σ(xf − E))² / ΣV; E = nf·K/N, V = nf·nr·K·(N − K)/(N²·(N − 1)), K selected of N",
        "Mantel & Haenszel, Journal of the National Cancer Institute 22 (1959), doi:10.1093/jnci/22.4.719; Mantel & "
        "Fleiss, American Journal of Epidemiology 112 (1980), 129–134",
    ),
    "multiple_events_mid_p": Definition(
        "Exact multiple events",
        "Exact test of equal rates within strata: the group's selections over all strata, against the sum of the "
        "strata's hypergeometric distributions. Its mid-P, doubled, is the default where strata are sparse.",
        "p: the probability of all sums no likelier than the one seen",
        "Gastwirth & Greenhouse, Journal of the American Statistical Association 82 (1987), 38–45",
    ),
    "clustered_cmh": Definition(
        "CMH by cluster",
        "The same score, with the variance of its sums over clusters: decisions of one cluster may go together, in one "
        "stratum or in several. Intervals are widened by the same factor.",
        "",
        "Zhang & Boos, Biometrics 53 (1997), 1185–1198",
    ),
    "breslow_day": Definition(
        "Breslow–Day, Tarone",
        "Test that one odds ratio serves for all strata.",
        "",
        "Breslow & Day, Statistical Methods in Cancer Research 1 (1980), section 4.4; Tarone, Biometrika 72 (1985), "
        "doi:10.1093/biomet/72.1.91",
    ),
    "standardisation": Definition(
        "Direct standardisation",
        "The gap that would be left if both groups were spread over strata as all people are; the rest of the gap is "
        "composition.",
        "Σ(N/ΣN)·(xf/nf − xr/nr)",
        "Fleiss, Levin & Paik, Statistical Methods for Rates and Proportions, 3rd ed. (2003), chapter 19",
    ),
}
ALWAYS = ("mantel_haenszel", "cmh", "multiple_events_mid_p", "breslow_day", "standardisation")


def used(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of the methods by which an audit's tables within strata were made."""
    for table in audit["tables"]:
        s = table.get("stratified")
        if s:
            yield from ALWAYS
            yield from (t["default"] for t in s["tests"] if t["default"])
            for name, entries in s.items():
                if name.startswith("mantel_haenszel"):
                    yield from (e["method"] for e in entries if e["method"])


def name_of(method: str) -> str:
    """Write the name of a method.

    Examples
    --------
    >>> name_of("greenland_robins")
    'Greenland–Robins'
    """
    return STRATIFIED_METHODS[method].term if method in STRATIFIED_METHODS else method.replace("_", " ")
