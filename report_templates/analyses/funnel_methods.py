"""How the figures of a funnel are made."""

from fairwitness.report_templates.document import Definition

METHODS = (
    Definition(
        "What a stage adds",
        "The logarithm of the stage's ratio, under one reference for all stages. The parts add up to the logarithm of "
        "the bottom line's ratio. With the highest rate of each stage as its reference they would not.",
        "ln(ratio up to the last stage) = Σ ln(ratio at each stage)",
        "29 CFR 1607.4(C); Connecticut v. Teal, 457 U.S. 440 (1982)",
    ),
    Definition(
        "Rate up to a stage",
        "The product of the rates of all stages up to it. Where everybody who came through a stage was decided upon "
        "at the next, that is selected over applied. Where some are still in progress or withdrew, it is the "
        "product-limit estimate, which takes it that they would fare like others of their group; its interval is the "
        "score interval of as many people as would give the same variance.",
        "Π selected/entered; n = (1 − P)/(P·Σ (1 − p)/(p·entered))",
        "Kaplan & Meier, Journal of the American Statistical Association 53 (1958), "
        "doi:10.1080/01621459.1958.10501452; Dorey & Korn, Statistics in Medicine 6 (1987), "
        "doi:10.1002/sim.4780060605",
    ),
)
