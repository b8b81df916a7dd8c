// Runs in the reader's browser: unpacks plotly.js, and draws the page's figures with it.
(async () => {
  const packed = document.getElementById("specialist-plotly").textContent;
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const module = { exports: {} };
  new Function("module", await new Response(unpacked).text())(module);
  const plotly = module.exports;

  globalThis.specialistFigures ??= Promise.withResolvers();
  globalThis.specialistFigures.resolve((id, { data, layout }) => {
    const element = document.getElementById(id);
    if (!element) return;
    const { width, height = 420 } = layout;
    element.style.height = `${height}px`;
    element.style.width = width ? `${width}px` : "100%";
    return plotly.newPlot(element, data, layout, {
      responsive: !width,
      displaylogo: false,
      displayModeBar: layout.xaxis?.fixedrange ? false : undefined,
      modeBarButtons: [["toImage", "resetScale2d"]],
    });
  });
})();
