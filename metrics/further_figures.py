"""Figures of the report's analyses, beside the table of metrics: what each is called and what it says in plain words.

They are not one number for a group, a pair or a table of one count of decisions, so no policy can name them; their
functions stand in files of their own.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure or test of an analysis.

    Attributes
    ----------
    name : str
        The field's name in audit.json, or the name of the test.
    section : str
        The section of audit.json that has it; ``stratified``, ``adjusted`` and ``tests`` are parts of a table.
    formula : str
        In the names of counts or rates; f is the focal group, r the reference.
    undefined : str
        When there is no value.
    sentence : str
        What the figure says, in plain words.
    reference : str
        Where it is defined.
    """

    name: str
    section: str
    formula: str
    undefined: str
    sentence: str
    reference: str


_GEYIK = "Geyik, Ambler & Kenthapadi, KDD 2019, doi:10.1145/3292500.3330691"
_SINGH = "Singh & Joachims, KDD 2018, doi:10.1145/3219819.3220088"
_BIEGA = "Biega, Gummadi & Weikum, SIGIR 2018, doi:10.1145/3209978.3210063"
_KAPLAN = (
    "Kaplan & Meier, Journal of the American Statistical Association 53 (1958), doi:10.1080/01621459.1958.10501452"
)
_PHIPSON = (
    "Phipson & Smyth, Statistical Applications in Genetics and Molecular Biology 9 (2010), doi:10.2202/1544-6115.1585"
)
_GASTWIRTH = "Gastwirth & Greenhouse, Journal of the American Statistical Association 82 (1987), 38-45"

_WELCH = "Welch, Biometrika 34 (1947), doi:10.1093/biomet/34.1-2.28"
_COHEN = "Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd ed. (1988), chapter 2"
_HEDGES = "Hedges, Journal of Educational Statistics 6 (1981), doi:10.3102/10769986006002107"
_GLASS = "Glass, Educational Researcher 5 (1976), doi:10.3102/0013189X005010003"
_MANN = "Mann & Whitney, Annals of Mathematical Statistics 18 (1947), doi:10.1214/aoms/1177730491"
_SMIRNOV = "Smirnov, Annals of Mathematical Statistics 19 (1948), doi:10.1214/aoms/1177730256"
_VALLENDER = "Vallender, Theory of Probability & Its Applications 18 (1974), doi:10.1137/1118101"
_MONTIEL = "Montiel Olea & Plagborg-Møller, Journal of Applied Econometrics 34 (2019), doi:10.1002/jae.2656"
_CALSTER = "Van Calster et al., BMC Medicine 17 (2019), doi:10.1186/s12916-019-1466-7"
_COX = "Cox, Biometrika 45 (1958), doi:10.1093/biomet/45.3-4.562"
_KUMAR = "Kumar, Liang & Ma, NeurIPS 2019, arXiv:1909.10155"
_BRIER = "Brier, Monthly Weather Review 78 (1950), doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2"
_GARDNER = "Gardner, Brooks & Baker, LAK 2019, doi:10.1145/3303772.3303791"
_CLEARY = "Cleary, Journal of Educational Measurement 5 (1968), doi:10.1111/j.1745-3984.1968.tb00613.x"
_ROBBINS = "Robbins, Annals of Mathematical Statistics 41 (1970), doi:10.1214/aoms/1177696786"

# fmt: off
FIGURES: tuple[Figure, ...] = (
    Figure("cumulative_rate", "funnel", "product over stages of selected / entered",
           "nobody of the group entered a stage, unless nobody came through one before: then 0",
           "Of the people who applied, the share who came through every stage so far.", _KAPLAN),
    Figure("cumulative_ratio", "funnel", "cumulative_rate_f / cumulative_rate_r, under one reference for all stages",
           "as cumulative_rate, or nobody of the reference came through",
           "The product of the stages' ratios so far; at the last stage, the ratio of the bottom line.",
           "29 CFR 1607.4(C)"),
    Figure("log_ratio", "funnel", "ln(rate_f / rate_r) at the stage",
           "a group did not enter the stage, or nobody of one came through it",
           "What the stage adds to the logarithm of the bottom line's ratio; negative where it lowers it.",
           "29 CFR 1607.4(C); Connecticut v. Teal, 457 U.S. 440 (1982)"),
    Figure("to_highest", "funnel", "rate_f / highest rate at the stage",
           "fewer than two groups entered the stage, or nobody came through it",
           "The stage as a component by itself: the group's rate as a multiple of the stage's own highest.",
           "29 CFR 1607.4(D)"),

    Figure("times_expected", "ranked_pools", "x / sum over pools of k n / N",
           "nothing is expected of the group in the first places",
           "How many of the group stand in the first k places, as a multiple of a proportional share.", _GEYIK),
    Figure("skew", "ranked_pools", "ln(times_expected)", "nobody of the group is in the first places",
           "The logarithm of the group's share of the first k places over its share of the pool.", _GEYIK),
    Figure("exposure", "ranked_pools", "mean of 1 / log2(1 + place), averaged over pools",
           "nobody of the group is ranked, or, of a ratio, no pool has both groups",
           "How visible the group's places are, if every place is worth less than the one before.", _SINGH),
    Figure("attention", "ranked_pools", "mean of p (1 - p)^(place - 1) with p = 1/2, averaged over pools",
           "as exposure", "How much attention the group's places get, if each gets half of what is left.", _BIEGA),
    Figure("ndkl", "ranked_pools", "(1/Z) sum KL(D_i || D) / log2(i + 1) with Z = sum 1 / log2(i + 1), in nats",
           "fewer than two groups",
           "How far the make-up of the top, over all its lengths, departs from that of the pool; not 0 even by chance.",
           _GEYIK),
    Figure("multiple_events_mid_p", "ranked_pools",
           "2 min(P(X < x) + P(X = x)/2, P(X > x) + P(X = x)/2), X a sum of the pools' hypergeometric counts",
           "no pool's first places could have gone either way",
           "How often the first places would be shared at least so unevenly if group did not matter, exactly.",
           _GASTWIRTH),
    Figure("within_pool_permutation", "ranked_pools", "(1 + deals at least as far) / (1 + deals)",
           "the figure it is of is undefined",
           "How often the groups, dealt out at random within their pools, give a figure at least as far; never 0.",
           _PHIPSON),

    Figure("mean_difference", "scores", "mean_f - mean_r", "a group has nobody, or scores are counted in bins",
           "How far the group's mean score lies above the other's, in the score's own unit.", _WELCH),
    Figure("cohens_d", "scores", "(mean_f - mean_r) / s, s^2 = ((n_f - 1) s_f^2 + (n_r - 1) s_r^2) / (n_f + n_r - 2)",
           "as mean_difference, or all scores within the groups are alike",
           "The difference of the means in standard deviations within the groups.", _COHEN),
    Figure("hedges_g", "scores", "cohens_d (1 - 3 / (4 (n_f + n_r - 2) - 1))", "as cohens_d",
           "Cohen's d without its bias in small groups.", _HEDGES),
    Figure("glass_delta", "scores", "(mean_f - mean_r) / s_r",
           "as mean_difference, or the reference's scores are alike",
           "The difference of the means in standard deviations of the reference group alone.", _GLASS),
    Figure("auc", "scores", "U / (n_f n_r), U the Mann-Whitney statistic", "a group has nobody",
           "How often one of the group has a better score than one of the other, a tie counting one half.",
           _MANN),
    Figure("ks", "scores", "max |F_f - F_r|", "a group has nobody",
           "The largest difference, at any score, between the shares of the two groups up to it.", _SMIRNOV),
    Figure("wasserstein", "scores", "integral of |F_f - F_r|", "a group has nobody, or scores are counted in bins",
           "How far scores must be moved on average to turn one group's distribution into the other's; never 0.",
           _VALLENDER),
    Figure("mann_whitney", "scores", "z = (U - n_f n_r / 2) / its standard deviation, with ties",
           "a group has nobody, or all scores are alike", "Test of equal distributions of a score, by order.", _MANN),
    Figure("sweep", "scores", "rate_f / rate_r and rate_f - rate_r at every cut-off",
           "of a ratio: nobody of the reference is selected; no band where rates are tiny",
           "What the rates would be at other cut-offs, with a band that holds for all of them at once.", _MONTIEL),

    Figure("in_the_large", "calibration", "share of positive outcomes - mean predicted probability",
           "the score is no probability, or is counted in bins: then bounds",
           "By how much outcomes are better than the score says.", _CALSTER),
    Figure("slope", "calibration", "b in log odds of a positive outcome = a + b x",
           "an outcome is missing, a cut-off separates the outcomes, scores of exactly 0 or 1, or bins",
           "How much the odds rise with the score: x is its own log odds, or its standard deviations.", _COX),
    Figure("calibration_error", "calibration", "sqrt(max(0, sum w_b ((y_b - p_b)^2 - y_b (1 - y_b) / (n_b - 1))))",
           "as in_the_large, or no bin has two people",
           "The typical distance of outcomes from predictions, less what chance adds to it.", _KUMAR),
    Figure("brier", "calibration", "sum (p - y)^2 / n", "as in_the_large",
           "The mean squared distance of predictions from outcomes; it depends on how frequent positive ones are.",
           _BRIER),
    Figure("abroca", "calibration", "integral of |ROC_f - ROC_r|", "a group lacks positives or negatives",
           "How differently the score tells outcomes in the two groups, over all cut-offs; never 0.", _GARDNER),
    Figure("same_curve", "calibration", "2 (log-likelihood of a curve for each group - of one for both), 2 df",
           "as slope", "Test that the same score stands for the same odds in both groups.", _CLEARY),

    Figure("shrunk_rate", "intersections",
           "(alpha + selected) / (alpha + beta + n), alpha and beta the likeliest under the beta-binomial law",
           "the likelihood has no maximum: rates that differ no more than by chance, or nobody or everybody selected",
           "The group's rate drawn towards those of all groups, the more so the fewer decisions it rests on.",
           "Griffiths, Biometrics 29 (1973), doi:10.2307/2529131"),
    Figure("koopman_all_pairs", "intersections",
           "Koopman's score interval with q / sqrt(2) for the normal quantile, q of the studentized range",
           "nobody is selected in either group",
           "Intervals of the ratios of all pairs of groups that hold at once, whoever chose the reference.",
           "Agresti, Bini, Bertaccini & Ryu, Biometrics 64 (2008), doi:10.1111/j.1541-0420.2008.00990.x"),
    Figure("worst", "intersections",
           "lowest rate / highest rate, of groups whose least favourable outcome could be told",
           "fewer than two groups are large enough, or nobody or everybody is selected",
           "The worst-off group that can be evaluated, with an interval that allows for having chosen it.",
           "Tarone, Biometrics 46 (1990), doi:10.2307/2531456"),
    Figure("differential_fairness", "intersections",
           "max over outcomes and pairs of |ln(p_i / p_j)|, p = (x + 1/2) / (n + 1)",
           "fewer than two groups, or nobody or everybody selected",
           "The largest logarithm of a ratio of any outcome's probability between any two groups.",
           "Foulds, Islam, Keya & Pan, ICDE 2020, doi:10.1109/ICDE48307.2020.00203"),
    Figure("probability_below", "intersections",
           "integral of F(0.8 t) f(t) dt, F and f the posterior laws of the two rates",
           "the group is the reference or left out, or the reference is no group",
           "How probable a ratio under four fifths is, under the prior that is named.",
           "Agresti & Min, Biometrics 61 (2005), doi:10.1111/j.1541-0420.2005.031228.x"),

    Figure("subgroup_search", "subgroup_search", "max over subgroups and q of sum x ln q - sum n ln(1 - p + q p)",
           "fewer than two attributes and controls, nobody or everybody selected, decisions weighted or in clusters",
           "The subgroup that departs most from what is expected; p is that of the whole search, made again.",
           "Zhang & Neill (2016), arXiv:1611.08292"),

    Figure("generalized_entropy", "individual", "sum((b / mu)^2 - 1) / (2 N), b = 1 + decision - outcome",
           "no outcome is known, or every benefit is 0",
           "How unequally errors fall on people: half the squared coefficient of variation of their benefits.",
           "Speicher et al., KDD 2018, doi:10.1145/3219819.3220046"),
    Figure("theil_index", "individual", "sum((b / mu) ln(b / mu)) / N, b = 1 + decision - outcome",
           "as generalized_entropy",
           "The same inequality, by Theil's index.", "Shorrocks, Econometrica 48 (1980), doi:10.2307/1913126"),
    Figure("mean_log_deviation", "individual", "-sum(ln(b / mu)) / N, b = 1 + decision - outcome",
           "as generalized_entropy, or somebody was refused although the outcome was positive",
           "The same inequality, by the mean logarithm.", "Shorrocks, Econometrica 48 (1980), doi:10.2307/1913126"),
    Figure("consistency", "individual", "1 - sum |y - mean y of the nearest neighbours| / N",
           "fewer people than neighbours",
           "How far people alike in the features named were decided on alike.",
           "Zemel, Wu, Swersky, Pitassi & Dwork, ICML 2013, PMLR 28(3), 325-333"),

    Figure("mantel_haenszel_risk_ratio", "stratified", "sum(selected_f n_r / N) / sum(selected_r n_f / N) over strata",
           "no stratum has both groups, or nobody of the reference is selected in any that has",
           "The group's rate as a multiple of the reference group's, among people of the same stratum.",
           "Greenland & Robins, Biometrics 41 (1985), doi:10.2307/2530643"),
    Figure("mantel_haenszel_odds_ratio", "stratified",
           "sum(selected_f not_selected_r / N) / sum(not_selected_f selected_r / N) over strata",
           "the sum below is 0",
           "The group's odds of selection as a multiple of the reference group's, among people of the same stratum.",
           "Mantel & Haenszel, Journal of the National Cancer Institute 22 (1959), doi:10.1093/jnci/22.4.719"),
    Figure("mantel_haenszel_risk_difference", "stratified", "mean over strata of rate_f - rate_r, weights n_f n_r / N",
           "no stratum has both groups",
           "How far the group's rate lies above the reference group's among people of the same stratum.",
           "Klingenberg, Statistics in Medicine 33 (2014), 2968-2983"),
    Figure("cmh", "stratified",
           "(sum(selected_f - E))^2 / sum V, E = n_f K / N, V = n_f n_r K (N - K) / (N^2 (N - 1)), K selected of N",
           "no stratum has both groups of whom some, but not all, are selected",
           "Test of equal rates within strata, with and without continuity correction.",
           "Mantel & Haenszel, Journal of the National Cancer Institute 22 (1959), doi:10.1093/jnci/22.4.719"),
    Figure("clustered_cmh", "stratified", "the score of cmh summed by cluster, with the variance between clusters",
           "as cmh, or fewer than two clusters",
           "The same test where decisions of one person, or one advertisement, belong together.",
           "Zhang & Boos, Biometrics 53 (1997), 1185-1198"),
    Figure("multiple_events", "stratified",
           "P(sum no likelier than sum selected_f), the sum of the strata's hypergeometric counts",
           "as cmh, or decisions are not independent",
           "Exact test of equal rates within strata, right however small they are.", _GASTWIRTH),
    Figure("breslow_day", "stratified", "sum((selected_f - fitted)^2 / V), fitted at the Mantel-Haenszel odds ratio",
           "fewer than two informative strata, or that odds ratio is 0 or undefined",
           "Test that one odds ratio serves for all strata; Tarone's statistic corrects it.",
           "Tarone, Biometrika 72 (1985), doi:10.1093/biomet/72.1.91"),
    Figure("woolf", "stratified", "sum of w (ln odds_ratio - mean)^2, w = 1 / sum of 1 / cells",
           "fewer than two informative strata, or a cell is 0",
           "Test that one odds ratio serves for all strata, by the spread of their logarithms.",
           "Woolf, Annals of Human Genetics 19 (1955), doi:10.1111/j.1469-1809.1955.tb01348.x"),
    Figure("decomposition", "stratified", "aggregate gap = sum(N (rate_f - rate_r)) / sum N + composition",
           "no stratum has both groups",
           "How much of a gap is left if both groups are spread over strata alike, and how much comes of the spread.",
           "Kitagawa, Journal of the American Statistical Association 50 (1955), doi:10.1080/01621459.1955.10501299"),
    Figure("simpson", "stratified", "the ratios of all decisions and within strata lie on different sides of 1, "
           "or the difference of all decisions is not shown within strata",
           "one of the ratios is", "Whether all decisions together mislead about the strata, or the other way round.",
           "Simpson, Journal of the Royal Statistical Society B 13 (1951), doi:10.1111/j.2517-6161.1951.tb00088.x"),
    Figure("average_marginal_effect", "adjusted", "mean over people of fitted rate as f - fitted rate as r",
           "the decisions are separated, or the controls tell the group or have too many levels",
           "By how much rates would change if everybody were of the group, their controls as they are.",
           "Agresti, Categorical Data Analysis, 3rd ed. (2013), chapter 5"),
    Figure("requisition_sweep", "requisitions", "Fisher's exact test and mid-P of each requisition, Benjamini-Hochberg",
           "nobody or everybody of the requisition is selected, or one group is alone in it",
           "Which requisitions stand out by themselves, in the order in which to look.",
           "Benjamini & Hochberg, Journal of the Royal Statistical Society B 57 (1995), "
           "doi:10.1111/j.2517-6161.1995.tb02031.x"),
    Figure("cluster_robust_z", "tests",
           "(rate_f - rate_r) / sqrt(v_f + v_r - 2 c_fr), v and c from sums over clusters, at the common rate",
           "fewer than five clusters, a group in one cluster alone, or nobody or everybody selected",
           "Test of equal rates where decisions come in clusters; it decides where clusters are named.",
           "Liang & Zeger, Biometrika 73 (1986), doi:10.1093/biomet/73.1.13"),
    Figure("design_based_z", "tests",
           "(rate_f - rate_r) / sqrt(v_f + v_r - 2 c_fr), v and c from sums of w and w^2",
           "as cluster_robust_z; without clusters a decision is a cluster",
           "Test of equal weighted rates; it decides where decisions have survey weights.",
           "Binder, International Statistical Review 51 (1983), doi:10.2307/1402588"),
    Figure("rao_scott", "tests", "chi_square / mean design effect / (1 + a^2), a^2 the effects' squared variation",
           "as cluster_robust_z", "Test of equal rates in all groups at once, for clusters and weights.",
           "Rao & Scott, Annals of Statistics 12 (1984), doi:10.1214/aos/1176346391"),
    Figure("mcnemar_exact", "tests", "2 P(X <= min(b, c)), X binomial(b + c, 1/2), b and c the discordant pairs",
           "clusters are not all pairs with one decision on each side",
           "Exact test of equal rates in pairs, such as two testers at one employer.",
           "McNemar, Psychometrika 12 (1947), doi:10.1007/BF02295996"),
    Figure("mcnemar_mid_p", "tests", "mcnemar_exact with the number seen counted by half",
           "as mcnemar_exact", "The same test, less cautious.",
           "Fagerland, Lydersen & Laake, BMC Medical Research Methodology 13 (2013), doi:10.1186/1471-2288-13-91"),
    Figure("worst_case", "undisclosed",
           "selected_f / (n_f + u_rejected) / ((selected_r + u_selected) / (n_r + u_selected)); roles exchanged",
           "it is not known how many of the undisclosed were selected, or decisions have weights",
           "The smallest and the largest value of a figure, whoever the undisclosed are.",
           "Manski, Partial Identification of Probability Distributions (2003), doi:10.1007/b97478"),
    Figure("tipping_odds", "undisclosed", "the odds at which impact_ratio, along the curve, is four fifths",
           "the curve does not cross four fifths, or the reference is everybody",
           "How differently from the disclosed the undisclosed would have to be made up to reach the line.",
           "Scharfstein, Rotnitzky & Robins, Journal of the American Statistical Association 94 (1999), "
           "doi:10.1080/01621459.1999.10473862"),
    Figure("membership_weighted", "membership", "sum(probability * selected) / sum(probability)",
           "fewer than 30 people are expected in the group, or all probabilities are 0 or 1",
           "A group's rate where only probabilities of membership are known.",
           "Chen, Kallus, Mao, Svacha & Udell, FAT* 2019, doi:10.1145/3287560.3287594"),
    Figure("joint_bounds", "membership", "between sum max(0, K + m - n) and sum min(K, m) over classes, by sum m",
           "as membership_weighted",
           "What that rate could be if membership and selection hang together otherwise than the probabilities say.",
           "Kallus, Mao & Zhou, Management Science 68 (2022), doi:10.1287/mnsc.2020.3850"),

    Figure("mixture_e_process", "periods",
           "mixture over the first unequal period and 80 odds ratios of product of pmf(x; odds) / pmf(x; 1)",
           "weighted or clustered decisions, or scores without a decision",
           "What a bet against equal odds has come to, of a stake of 1; it may be looked at after every period.",
           _ROBBINS),
    Figure("universal_inference_e_process", "periods",
           "mixture over the first change and the odds ratios before and after / largest likelihood of one odds ratio",
           "as mixture_e_process",
           "What a bet against odds that stay the same has come to; it may be looked at after every period.",
           "Wasserman, Ramdas & Balakrishnan, PNAS 117 (2020), doi:10.1073/pnas.1922664117"),
    Figure("odds_ratio_so_far", "periods", "conditional maximum likelihood over all periods so far, given margins",
           "no table tells anything, or the odds ratio is beyond 1/32 or 32",
           "The odds ratio of all periods so far, with an interval that holds after every period at once.",
           _ROBBINS),
)
# fmt: on


def figure(name: str) -> Figure | None:
    """Return the figure with a name, or None if there is none.

    Examples
    --------
    >>> figure("skew").section
    'ranked_pools'
    >>> figure("skewness") is None
    True
    """
    return next((row for row in FIGURES if row.name == name), None)
