"""The rules of a methodology as formulas of a spreadsheet."""

from ..rules import Item, Kind, Measure, Penalty, Step

# Values are compared at so many digits, since a sheet writes sixteen of them.
DIGITS = 12


def number(value: float) -> str:
    return repr(float(value))


def value_of(measure: Measure, numerator: str, denominator: str) -> str:
    """The ratio, rounded where the methodology says so."""
    ratio = f"{numerator}/{denominator}"
    return f"=ROUND({ratio}+SIGN({ratio})*1E-9,{measure.digits})" if measure.digits is not None else f"={ratio}"


def normalised(item: Item, value: str, peers: str) -> str:
    """0–100 for the cell `value`; `peers`: the range of the known values of the peer group, its own among them."""
    less, rule = item.measure.less, item.normaliser
    match rule.kind:
        case Kind.TARGET:
            target = number(rule.target)
            if less:
                return f"=100*{target}/MAX({value},{target})"
            return f"=MAX(0,MIN(100,100*{value}/{target}))"
        case Kind.STEPS:
            top = rule.steps[-1].points
            return f"=100*{step_points(rule.steps, value, less, 0.0)}/{number(top)}"
        case Kind.PERCENTILE:
            sign = ">" if less else "<"
            known = f"ISNUMBER({peers})"
            below = f"SUMPRODUCT({known}*(ROUND({peers},{DIGITS}){sign}ROUND({value},{DIGITS})))"
            equal = f"SUMPRODUCT({known}*(ROUND({peers},{DIGITS})=ROUND({value},{DIGITS})))"
            return f"=100*({below}+{equal}/2)/COUNT({peers})"
    low = number(rule.low) if rule.low is not None else f"MIN({peers})"
    high = number(rule.high) if rule.high is not None else f"MAX({peers})"
    share = f"MAX(0,MIN(100,100*({value}-{low})/({high}-{low})))"
    return f"=IF({high}>{low},{f'100-{share}' if less else share},50)"


def step_points(steps: tuple[Step, ...], value: str, less: bool, otherwise: float) -> str:
    """Points of the best step reached, as nested IFs from the best down."""
    formula = number(otherwise)
    for step in steps:
        sign = ("<" if step.strict else "<=") if less else (">" if step.strict else ">=")
        formula = f"IF({value}{sign}{number(step.bound)},{number(step.points)},{formula})"
    return formula


def penalty(part: Penalty, value: str) -> str:
    return f"={step_points(part.steps, value, part.measure.less, part.otherwise)}"
