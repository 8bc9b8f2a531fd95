"""A person without a mouse: what Tab comes to on a screen, and how that looks."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

AT_ONCE = 10  # presses between two looks at the screen
INNER = 30  # presses that may be spent inside fields of several parts, as those of dates are

# Notes where every Tab has led; `ahead` is what has to be reached from here on, in the order of the document.
WATCH = """bound => {
  const INTERACTIVE = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const ready = (element) =>
    element.tabIndex >= 0 && !element.disabled && element.type !== "hidden" &&
    element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  // Of radio buttons of one name Tab comes to one alone: that which is chosen, else the first.
  const chosen = (element) => {
    if (element.type !== "radio" || !element.name) return true;
    const alike = [...document.getElementsByName(element.name)];
    const group = alike.filter((one) => one.form === element.form && ready(one));
    return element === (group.find((one) => one.checked) ?? group[0]);
  };
  const look = (element) => {
    const style = getComputedStyle(element);
    const outline = style.outlineStyle === "none" || parseFloat(style.outlineWidth) === 0 ? "" : style.outline;
    return `${outline} ${style.boxShadow}`;
  };
  // Its middle, as far as it is inside the window, is covered by nothing.
  const shown = (element) => {
    const box = element.getClientRects()[0];
    if (!box) return false;
    const middle = (low, high, end) => (Math.max(low, 0) + Math.min(high, end)) / 2;
    const x = middle(box.left, box.right, innerWidth), y = middle(box.top, box.bottom, innerHeight);
    const above = document.elementFromPoint(x, y);
    return above !== null && (element.contains(above) || above.closest("label")?.control === element);
  };
  const from = document.activeElement;
  const after = (element) =>
    from === document.body || from.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING;
  const ahead = [...document.querySelectorAll(INTERACTIVE)]
    .filter((element) => after(element) && ready(element) && chosen(element)).slice(0, bound);
  const stops = [];
  document.addEventListener("keyup", (event) => {
    const element = document.activeElement;
    if (event.key !== "Tab" || element === stops.at(-1)?.element) return;
    stops.push({ element, look: look(element), shown: shown(element) });
  }, true);
  const reached = () => stops.findIndex((stop) => stop.element === ahead.at(-1));
  const name = (element) => element?.outerHTML.replace(/\\s+/g, " ").slice(0, 120) ?? "nothing";
  window.walk = {
    done: () => ahead.length === 0 || reached() >= 0,
    wrong: () => {
      document.activeElement.blur();
      const walked = reached() < 0 ? stops : stops.slice(0, reached() + 1);
      const known = walked.filter((stop) => ahead.includes(stop.element)).map((stop) => stop.element);
      const at = ahead.findIndex((element, index) => element !== known[index]);
      const found = at < 0 ? [] : [`comes to ${name(known[at])} instead of ${name(ahead[at])}`];
      for (const stop of walked) {
        if (stop.element === document.body) found.push("the focus is on the body");
        else if (!stop.shown) found.push(`out of sight: ${name(stop.element)}`);
        else if (stop.look === look(stop.element)) found.push(`looks as without the focus: ${name(stop.element)}`);
      }
      return found;
    },
  };
}"""


@dataclass
class Hands:
    """On the keyboard of a tab, with nothing else."""

    tab: Page

    def press(self, *keys: str) -> None:
        """One key after the other."""
        for key in keys:
            self.tab.keyboard.press(key)

    def type(self, text: str) -> None:
        """Into whatever has the focus."""
        self.tab.keyboard.type(text)

    def on(self, selector: str) -> bool:
        """Whether the focus is on such an element."""
        return self.tab.evaluate("selector => document.activeElement.matches(selector)", selector)

    def reach(self, wanted: Locator, bound: int = 150) -> None:
        """Press Tab until the focus is there."""
        for _press in range(bound):
            self.press("Tab")
            if wanted.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"{bound} times Tab do not lead to {wanted}")

    def walk(self, bound: int = 60) -> list[str]:
        """Press Tab until so many elements after the present one are reached, or all; what was wrong on the way."""
        self.tab.evaluate(WATCH, bound)
        for _look in range((bound + INNER) // AT_ONCE):
            if self.tab.evaluate("walk.done()"):
                break
            self.press(*["Tab"] * AT_ONCE)
        return self.tab.evaluate("walk.wrong()")
