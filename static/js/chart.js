// Draws every [data-chart] from the JSON element that it names. Time is to scale, null is a gap.
(() => {
  const DASHES = { vk: "solid", ok: [7, 4], telegram: [2, 3], max: [9, 3, 2, 3], muted: [5, 4] };
  const language = document.documentElement.lang;
  const whole = new Intl.NumberFormat(language);
  const compact = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
  const date = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  const month = new Intl.DateTimeFormat(language, { month: "short", timeZone: "UTC" });
  const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" });
  const DAY = 86400000;

  // A custom property resolved in the present theme: light-dark() comes back as a plain colour.
  const colour = (element, name) => {
    const probe = document.createElement("span");
    probe.style.color = `var(--${name})`;
    element.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  };

  // A point between two gaps has no line to be seen by.
  const alone = (points, at) => points[at - 1]?.[1] == null && points[at + 1]?.[1] == null;

  const line = (series, index, all, data, c) => ({
    name: series.name,
    type: "line",
    data: series.points.map((value, at) => ({ value, symbol: alone(series.points, at) ? "circle" : "none" })),
    connectNulls: false,
    symbolSize: 5,
    lineStyle: { width: 2, type: all.length > 1 ? DASHES[series.key] : "solid", color: c(series.key) },
    itemStyle: { color: c(series.key) },
    emphasis: { disabled: true },
    endLabel: { show: all.length > 1, formatter: "{a}", color: c(series.key), fontFamily: "Inter", fontSize: 12, distance: 6 },
    labelLayout: { moveOverlap: "shiftY" },
    markLine: index === 0 && data.events?.length ? {
      symbol: "none",
      silent: true,
      lineStyle: { color: c("muted"), type: [3, 3], width: 1 },
      label: { color: c("muted"), fontFamily: "Inter", fontSize: 11, formatter: "{b}", position: "insideEndBottom" },
      data: data.events.map((event) => ({ xAxis: event.day, name: event.text })),
    } : undefined,
  });

  // Doubtful numbers stand apart from the line; one that would squeeze it flat is drawn at the edge with its value.
  const doubts = (data, c) => {
    const known = data.series.flatMap((series) => series.points.map((point) => point[1])).filter((value) => value != null);
    const low = Math.min(...known), high = Math.max(...known);
    const room = Math.max(high - low, high * 0.05, 1);
    return {
      name: data.doubt,
      type: "scatter",
      data: data.doubtful.map(([day, value]) => ({
        value: [day, Math.round(Math.min(Math.max(value, low - room), high + room)), value],
        label: { show: value < low - room || value > high + room },
      })),
      symbol: "emptyCircle",
      symbolSize: 10,
      itemStyle: { color: c("warn"), borderWidth: 2 },
      label: { position: "left", color: c("warn"), fontFamily: "Inter", fontSize: 11, formatter: (p) => whole.format(p.value[2]) },
      labelLayout: { hideOverlap: true },
      emphasis: { disabled: true },
    };
  };

  const options = (element, data) => {
    const c = (name) => colour(element, name);
    const text = { color: c("muted"), fontFamily: "Inter", fontSize: 12 };
    const times = data.series.flatMap((series) => series.points.map((point) => Date.parse(point[0])));
    const long = Math.max(...times) - Math.min(...times) > 120 * DAY;
    const narrow = element.clientWidth < 560;
    const many = data.series.length > 1;
    return {
      animation: false,
      useUTC: true,
      textStyle: { fontFamily: "Inter" },
      aria: { enabled: false },
      grid: { left: 52, right: many && !narrow ? 120 : 16, top: 16, bottom: 28 },
      xAxis: {
        type: "time",
        min: "dataMin",
        max: "dataMax",
        splitNumber: narrow ? 3 : 7,
        axisLine: { lineStyle: { color: c("line") } },
        axisTick: { show: false },
        axisLabel: { ...text, hideOverlap: true, formatter: (value) => (long ? `${month.format(value)} ${new Date(value).getUTCFullYear()}` : day.format(value)) },
      },
      yAxis: {
        type: "value",
        scale: !many,
        minInterval: 1,
        splitNumber: 4,
        splitLine: { lineStyle: { color: c("line") } },
        axisLabel: { ...text, formatter: (value) => compact.format(value) },
      },
      tooltip: {
        trigger: "axis",
        renderMode: "richText",
        confine: true,
        backgroundColor: c("surface"),
        borderColor: c("line"),
        textStyle: { color: c("ink"), fontFamily: "Inter", fontSize: 12 },
        axisPointer: { lineStyle: { color: c("muted") } },
        formatter: (points) => [
          date.format(points[0].value[0] ? Date.parse(points[0].value[0]) : points[0].axisValue),
          ...points.map((p) => `${p.seriesName}: ${p.value[1] == null ? data.missing : whole.format(p.value[2] ?? p.value[1])}`),
        ].join("\n"),
      },
      legend: many && narrow ? { bottom: 0, textStyle: text, itemHeight: 2 } : undefined,
      series: [
        ...data.series.map((series, index) => {
          const drawn = line(series, index, data.series, data, c);
          if (narrow) drawn.endLabel.show = false;
          return drawn;
        }),
        ...(data.doubtful?.length ? [doubts(data, c)] : []),
      ],
    };
  };

  const draw = (element) => {
    const data = JSON.parse(document.getElementById(element.dataset.chart).textContent);
    if (!data.series.some((series) => series.points.length)) return;
    const chart = echarts.init(element, null, { renderer: "svg" });
    const update = () => {
      const set = options(element, data);
      if (set.legend) set.grid.bottom = 52;
      chart.setOption(set, true);
    };
    new ResizeObserver(() => { chart.resize(); update(); }).observe(element);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", update);
    drawn.push({ chart, update });
    for (const button of document.querySelectorAll(`[data-picture-of="${element.dataset.chart}"]`)) {
      button.hidden = false;
      button.addEventListener("click", () => save(button, element, data));
    }
  };

  // The chart drawn anew beside the screen, with what it is of above it, and saved as a file.
  const save = (button, element, data) => {
    const kind = button.dataset.kind;
    const box = document.createElement("div");
    const place = { renderer: kind === "svg" ? "svg" : "canvas", width: Math.max(element.clientWidth, 900), height: 480 };
    const chart = echarts.init(box, null, place);
    const set = options(element, data);
    const text = (selector) => (document.querySelector(selector)?.textContent ?? "").replace(/\s+/g, " ").trim();
    const title = element.closest("section")?.querySelector("h2")?.textContent ?? "";
    set.grid.top = 88;
    if (set.legend) set.grid.bottom = 52;
    set.title = {
      text: `${text("h1")}: ${title.replace(/\s+/g, " ").trim()}`,
      subtext: text(".as-of"),
      textStyle: { color: colour(element, "ink"), fontFamily: "Inter", fontSize: 16, width: place.width - 40, overflow: "break" },
      subtextStyle: { color: colour(element, "muted"), fontFamily: "Inter", fontSize: 12 },
    };
    set.backgroundColor = colour(element, "surface");
    chart.setOption(set, true);
    const link = document.createElement("a");
    link.href = chart.getDataURL({ type: kind, pixelRatio: 2, backgroundColor: set.backgroundColor });
    link.download = `${location.pathname.split("/").filter(Boolean).join("-")}-${element.dataset.chart}.${kind}`;
    link.click();
    chart.dispose();
  };

  // Paper is light and narrow, whatever the screen is.
  const drawn = [];
  const root = document.documentElement;
  let theme;
  addEventListener("beforeprint", () => {
    theme = root.dataset.bsTheme;
    root.dataset.bsTheme = "light";
    for (const { chart, update } of drawn) { chart.resize({ width: 680 }); update(); }
  });
  addEventListener("afterprint", () => {
    if (theme) root.dataset.bsTheme = theme; else delete root.dataset.bsTheme;
    for (const { chart, update } of drawn) { chart.resize({ width: "auto" }); update(); }
  });

  for (const element of document.querySelectorAll("[data-chart]")) draw(element);
})();
