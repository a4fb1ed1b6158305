"""How the figures of scores, and of scores held against outcomes, are made."""

from fairwitness.report_templates.document import Definition

OF_SCORES = (
    Definition(
        "Hedges' g",
        "The difference of the mean scores in standard deviations within the groups, without its bias in small groups. "
        "Its interval does not take the groups to spread equally wide.",
        "(mf − mr)/s·(1 − 3/(4(nf + nr − 2) − 1)), s² = ((nf − 1)sf² + (nr − 1)sr²)/(nf + nr − 2)",
        "Hedges, Journal of Educational Statistics 6 (1981), doi:10.3102/10769986006002107",
    ),
    Definition(
        "Better placed",
        "How often one of the group has a better score than one of the other group, a tie counting one half: the area "
        "under the ROC curve. 0.5 where neither does.",
        "U/(nf·nr), U the Mann–Whitney statistic",
        "Mann & Whitney, Annals of Mathematical Statistics 18 (1947), doi:10.1214/aoms/1177730491; DeLong, DeLong & "
        "Clarke-Pearson, Biometrics 44 (1988), doi:10.2307/2531595",
    ),
    Definition(
        "Largest distance",
        "Kolmogorov–Smirnov: the largest difference, at any score, between the shares of the two groups up to it. Its "
        "p is the share of all ways to deal the same scores to groups of these sizes in which it is as large, with "
        "ties as they are.",
        "max |Ff − Fr|",
        "Smirnov, Annals of Mathematical Statistics 19 (1948), doi:10.1214/aoms/1177730256; Schröer & Trenkler, "
        "Computational Statistics & Data Analysis 20 (1995), doi:10.1016/0167-9473(94)00040-P",
    ),
    Definition(
        "Moved by",
        "Wasserstein distance: how far scores would have to be moved on average to turn one group's distribution into "
        "the other's, in standard deviations. It is never 0: beside it stands what chance alone would make of it.",
        "∫|Ff − Fr|",
        "Vallender, Theory of Probability & Its Applications 18 (1974), doi:10.1137/1118101",
    ),
    Definition(
        "Band over all cut-offs",
        "At each cut-off the interval of the ratio is Koopman's, widened so that with the probability named the whole "
        "band holds at once: by the largest deviation over all cut-offs in bootstrap draws of groups by scores. Where "
        "fewer than five of a group would be expected on one side, there is no band.",
        "",
        "Montiel Olea & Plagborg-Møller, Journal of Applied Econometrics 34 (2019), doi:10.1002/jae.2656; Koopman, "
        "Biometrics 40 (1984), doi:10.2307/2531405",
    ),
)

OF_CALIBRATION = (
    Definition(
        "In the large",
        "The share of positive outcomes less the mean predicted probability. Above 0, outcomes are better than the "
        "score says.",
        "",
        "Van Calster et al., BMC Medicine 17 (2019), doi:10.1186/s12916-019-1466-7",
    ),
    Definition(
        "Slope",
        "By how much the log odds of a positive outcome rise with the score's own log odds: 1 where the score is "
        "neither too bold (less than 1) nor too timid. Of a score that is no probability, per standard deviation of "
        "it. The interval is by profile likelihood.",
        "ln(p/(1 − p)) = a + b·x",
        "Cox, Biometrika 45 (1958), doi:10.1093/biomet/45.3-4.562",
    ),
    Definition(
        "One curve for both",
        "Likelihood-ratio test that the same score stands for the same odds in both groups: one intercept and one "
        "slope.",
        "",
        "Cleary, Journal of Educational Measurement 5 (1968), doi:10.1111/j.1745-3984.1968.tb00613.x",
    ),
    Definition(
        "Calibration error",
        "Root mean squared distance of outcomes from predictions over ten bins, less what chance adds to it. The raw "
        "error is larger in smaller groups whatever the score, and is not compared.",
        "√max(0, Σ wb·((ȳb − p̄b)² − ȳb(1 − ȳb)/(nb − 1)))",
        "Kumar, Liang & Ma, NeurIPS 2019, arXiv:1909.10155",
    ),
    Definition(
        "Brier score",
        "Mean squared distance of predicted probabilities from outcomes. It depends on how frequent positive outcomes "
        "are.",
        "Σ(p − y)²/n",
        "Brier, Monthly Weather Review 78 (1950), doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2",
    ),
    Definition(
        "Area between ROC curves",
        "How differently the score tells outcomes in the two groups, at all cut-offs (ABROCA): exact between the "
        "curves' corners. It is never 0; p is how often people of the same outcome, dealt to the groups anew, make it "
        "as large.",
        "∫|ROCf − ROCr|; p = (1 + draws as large)/(1 + draws)",
        "Gardner, Brooks & Baker, LAK 2019, doi:10.1145/3303772.3303791; Phipson & Smyth, Statistical Applications in "
        "Genetics and Molecular Biology 9 (2010), doi:10.2202/1544-6115.1585",
    ),
)
