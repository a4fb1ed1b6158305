"""How the figures of periods are made."""

from fairwitness.report_templates.document import Definition

METHODS = (
    Definition(
        "E-value of equal odds",
        "Bets on 80 odds ratios other than 1: half of the stake from the first period on, a sixth from the second, and "
        "so on. Each table of a period (each stratum, where there are any) is taken with its margins as given, so "
        "rates may rise and fall for everybody.",
        "E = mixture over the first unequal period and δ of Π pmf(x; δ) / pmf(x; 0), pmf: Fisher's noncentral "
        "hypergeometric",
        "Robbins, Annals of Mathematical Statistics 41 (1970), doi:10.1214/aoms/1177696786",
    ),
    Definition(
        "E-value of drift",
        "A bet that the odds ratio changed at some time, against whichever odds ratio, the same in all periods, fits "
        "best. It is slow where few are decided on in a period.",
        "E = mixture over times of change and odds ratios before and after / sup over δ of Π pmf(x; δ)",
        "Wasserman, Ramdas & Balakrishnan, PNAS 117 (2020), doi:10.1073/pnas.1922664117",
    ),
    Definition(
        "Odds ratio so far",
        "Of all periods up to this one, with an interval that holds after every period at once, if one odds ratio is "
        "behind them all. The intervals of rates and ratios are of one period each, and do not.",
        "interval: δ for which the mean of the bets from the first period on is below 1 / (1 - level)",
        "Robbins, as above; Gart, Biometrika 57 (1970), doi:10.1093/biomet/57.3.471",
    ),
)
