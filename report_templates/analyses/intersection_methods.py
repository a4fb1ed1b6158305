"""How the figures of small groups are made."""

from fairwitness.report_templates.document import Definition

METHODS = (
    Definition(
        "Drawn towards the others",
        "The groups' true rates are taken as drawn from one Beta law, whose two parameters are those under which the "
        "counts are the likeliest. The rate shown is the mean of what the law and the group's own counts leave "
        "possible; its interval allows for the parameters being estimated.",
        "(alpha + x) / (alpha + beta + n)",
        "Griffiths, Biometrics 29 (1973), doi:10.2307/2529131; Efron & Morris, Journal of the American Statistical "
        "Association 70 (1975), doi:10.1080/01621459.1975.10479864; Kass & Steffey, Journal of the American "
        "Statistical Association 84 (1989), doi:10.1080/01621459.1989.10478825",
    ),
    Definition(
        "Intervals that hold together",
        "Score intervals of the ratios of all pairs of groups, with the range of as many normal variables in the place "
        "of one; with a reference named beforehand, of the comparisons with it.",
        "critical value q/√2, of the studentized range; or the normal quantile at level^(1/m)",
        "Agresti, Bini, Bertaccini & Ryu, Biometrics 64 (2008), doi:10.1111/j.1541-0420.2008.00990.x; Šidák, Journal "
        "of the American Statistical Association 62 (1967), doi:10.1080/01621459.1967.10482935",
    ),
    Definition(
        "Worst-off group",
        "The lowest rate as a share of the highest, among groups of which the least favourable outcome could be told "
        "from the others' rate. Its interval is for the smallest true ratio of any two of them. Beside it stands how "
        "small the smallest ratio comes out when the same decisions are dealt out without regard to groups.",
        "",
        "Tarone, Biometrics 46 (1990), doi:10.2307/2531456",
    ),
    Definition(
        "Differential fairness",
        "The largest logarithm of the ratio of any outcome's probability between any two groups, with one imagined "
        "decision in each group, half of it selected.",
        "max |ln((x_i + ½)/(n_i + 1)) − ln((x_j + ½)/(n_j + 1))|, over selected and not selected",
        "Foulds, Islam, Keya & Pan, ICDE 2020, doi:10.1109/ICDE48307.2020.00203",
    ),
    Definition(
        "Probability of a ratio under four fifths",
        "By Bayes' theorem from the counts of the group and of the reference, with Jeffreys' prior for either rate, "
        "and with the law fitted to all groups as the prior. It depends on the prior and decides nothing.",
        "∫ F(0.8·t) f(t) dt",
        "Agresti & Min, Biometrics 61 (2005), doi:10.1111/j.1541-0420.2005.031228.x",
    ),
)
