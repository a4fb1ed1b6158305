"""How the figures of ranked pools are made."""

from fairwitness.report_templates.document import Definition

METHODS = (
    Definition(
        "First places, exactly",
        "If groups did not matter, the number of a group in the first k places of a pool would be hypergeometric; over "
        "pools these laws are convolved. The count seen is taken by half, and the smaller tail doubled. Each group is "
        "held against all others.",
        "2·min(P(X < x) + ½P(X = x), P(X > x) + ½P(X = x))",
        "Gastwirth & Greenhouse, Journal of the American Statistical Association 82 (1987), 38–45; Lancaster, Journal "
        "of the American Statistical Association 56 (1961), doi:10.1080/01621459.1961.10482105",
    ),
    Definition(
        "Skew",
        "The logarithm of a group's count in the first places over its proportional share of them.",
        "ln(count / Σ k·n/N)",
        "Geyik, Ambler & Kenthapadi, KDD 2019, doi:10.1145/3292500.3330691",
    ),
    Definition(
        "Exposure and attention",
        "What a place is worth to whoever stands there: 1/log2(1 + place), or half as much with every place. A group's "
        "figure is the mean over its people, averaged over pools.",
        "",
        "Singh & Joachims, KDD 2018, doi:10.1145/3219819.3220088; Biega, Gummadi & Weikum, SIGIR 2018, "
        "doi:10.1145/3209978.3210063",
    ),
    Definition(
        "Departure of the order (NDKL)",
        "How far the make-up of the first place, of the first two, and so on up to the first 1,000 lies from that of "
        "the pool, the earlier the more. It is not 0 even by chance, so it is held against random deals.",
        "Σ KL(make-up of the first i ‖ that of the pool)/log2(i + 1) / Σ 1/log2(i + 1), in nats",
        "Geyik, Ambler & Kenthapadi, KDD 2019, doi:10.1145/3292500.3330691",
    ),
    Definition(
        "Random deals within pools",
        "The same people keep their places, and their groups are dealt out anew within each pool. The p-value counts "
        "the order seen among the deals, so it is never 0. Where a tie is shared by several groups, it is taken by "
        "expectation, in the order seen as in the deals.",
        "p = (1 + deals at least as far) / (1 + deals); for figures with two sides twice the smaller",
        "Good, Permutation, Parametric and Bootstrap Tests of Hypotheses, 3rd ed. (2005), doi:10.1007/b138696; Phipson "
        "& Smyth, Statistical Applications in Genetics and Molecular Biology 9 (2010), doi:10.2202/1544-6115.1585",
    ),
)
