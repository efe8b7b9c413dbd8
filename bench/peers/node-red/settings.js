// A page of 24 templates; what is posted to /publish?tiles=N is shown by the first N of them.
const fs = require("node:fs"), path = require("node:path");
const tiles = Array.from({ length: 24 }, (_, i) => `tile${i}`);
const spread = "const n = Number(msg.req.query.tiles); return [...Array.from({ length: 24 }, (_, i) => i < n ? { payload: msg.payload } : null), msg];";

fs.writeFileSync(path.join(__dirname, "flows.json"), JSON.stringify([
  { id: "flow", type: "tab", label: "wall" },
  { id: "base", type: "ui-base", name: "wall", path: "/dashboard", includeClientData: false, acceptsClientConfig: [] },
  { id: "look", type: "ui-theme", name: "Bench", colors: { surface: "#ffffff", primary: "#0094ce", bgPage: "#eeeeee", groupBg: "#ffffff", groupOutline: "#cccccc" }, sizes: { pagePadding: "12px", groupGap: "12px", groupBorderRadius: "4px", widgetGap: "12px" } },
  { id: "page", type: "ui-page", name: "wall", ui: "base", path: "/wall", icon: "home", layout: "grid", theme: "look", order: 1, visible: true, disabled: false },
  { id: "group", type: "ui-group", name: "wall", page: "page", width: 12, height: 1, order: 1, showTitle: false, visible: true, disabled: false },
  { id: "in", type: "http in", z: "flow", url: "/publish", method: "post", wires: [["spread"]] },
  { id: "spread", type: "function", z: "flow", func: spread, outputs: 25, wires: [...tiles.map(t => [t]), ["done"]] },
  { id: "done", type: "http response", z: "flow", statusCode: "200", wires: [] },
  ...tiles.map((id, i) => ({ id, type: "ui-template", z: "flow", group: "group", name: "", order: i + 1, width: 2, height: 1, head: "", format: '<div class="wall-tile" v-html="msg.payload"></div>', storeOutMessages: true, passthru: false, resendOnRefresh: true, templateScope: "local", wires: [[]] })),
]));

module.exports = {
  uiPort: Number(process.env.PORT), uiHost: "127.0.0.1", httpAdminRoot: "/admin", flowFile: "flows.json", credentialSecret: "bench", logging: { console: { level: "error" } }, editorTheme: { tours: false },
  // the bench's viewers begin with the socket at once
  dashboard: { ioMiddleware: (_, next) => next() },
};
