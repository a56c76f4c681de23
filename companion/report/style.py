"""The page's style sheet: light and dark as the reader's system says, and light on paper. No state."""

# Colours of the lanes are Okabe and Ito's, told apart by colour-blind readers; no meaning hangs on a colour alone.
STYLE = """
:root { color-scheme: light dark; --page: #ffffff; --ink: #1f2328; --soft: #59636e; --rule: #d1d9e0; --panel: #f6f8fa;
  --good: #1a7f37; --fair: #9a6700; --slow: #cf222e; --promise: #cf222e;
  --voice: #8c959f; --partial: #56b4e9; --draft: #c9b7e8; --transcript: #0072b2; --prompt: #e69f00; --reply: #d55e00;
  --clause: #cc79a7; --sound: #009e73; }
@media (prefers-color-scheme: dark) { :root { --page: #0d1117; --ink: #e6edf3; --soft: #9198a1; --rule: #3d444d;
  --panel: #151b23; --good: #3fb950; --fair: #d29922; --slow: #ff7b72; --promise: #ff7b72; --draft: #8d7bb0;
  --transcript: #3d9bd6; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 60rem; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.25rem; margin: 2.75rem 0 .5rem; padding-top: .75rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1rem; margin: 1.5rem 0 .4rem; }
p { margin: .4rem 0; }
.soft, caption { color: var(--soft); }
.lead { font-size: 1.06rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; margin: .75rem 0; list-style: none; }
a { color: inherit; text-underline-offset: .2em; }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--transcript); outline-offset: 2px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: .3rem 0; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--rule); }
th { font-weight: 600; }
tbody th { font-weight: 500; }
.number { text-align: right; white-space: nowrap; }
.verdict { font-weight: 600; white-space: nowrap; }
.verdict.good, .kept { color: var(--good); }
.verdict.fair { color: var(--fair); }
.verdict.poor, .missed { color: var(--slow); }
.verdict.open, .none { color: var(--soft); }
.kept, .missed, .none, .goal { white-space: nowrap; }
svg { display: block; width: 100%; height: auto; margin: .5rem 0; font: 12px system-ui, sans-serif; }
svg text { fill: var(--soft); }
svg .ink { fill: var(--ink); }
svg .promised { fill: var(--promise); paint-order: stroke; stroke: var(--page); stroke-width: 4px; }
svg .grid { stroke: var(--rule); stroke-width: 1; }
svg .promise { stroke: var(--promise); stroke-dasharray: 5 4; }
svg .release, svg .heard { stroke: var(--ink); stroke-width: 1.4; }
svg .good { fill: var(--good); }
svg .fair { fill: var(--fair); }
svg .slow { fill: var(--slow); }
svg .voice { fill: var(--voice); } svg .partial { fill: var(--partial); } svg .draft { fill: var(--draft); }
svg .transcript { fill: var(--transcript); } svg .prompt { fill: var(--prompt); } svg .reply { fill: var(--reply); }
svg .clause { fill: var(--clause); } svg .sound { fill: var(--sound); }
svg .dropped { fill-opacity: .3; stroke: var(--soft); stroke-dasharray: 3 2; }
.run { border: 1px solid var(--rule); border-radius: 8px; padding: .7rem 1rem .8rem; margin: .75rem 0; }
.run h3 { margin: 0 0 .35rem; display: flex; gap: .75rem; justify-content: space-between; align-items: baseline; }
.run h3 .wait { font-variant-numeric: tabular-nums; white-space: nowrap; font-weight: 600; }
.wait.good { color: var(--good); } .wait.fair { color: var(--fair); } .wait.slow { color: var(--slow); }
.words { overflow-wrap: anywhere; white-space: pre-wrap; }
dl { margin: .35rem 0 0; }
dl.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: .35rem 1rem; }
dl.facts dt { color: var(--soft); font-size: .8rem; }
dl.facts dd { margin: 0; font-size: .9rem; font-variant-numeric: tabular-nums; }
dl.said { display: grid; grid-template-columns: max-content 1fr; gap: .15rem .75rem; }
dl.said dt { color: var(--soft); }
dl.said dd { margin: 0; }
.notice { background: var(--panel); border-left: 3px solid var(--fair); padding: .5rem .9rem; margin: .75rem 0; }
pre { background: var(--panel); padding: .75rem; border-radius: 6px; overflow: auto;
  font-size: .8rem; max-height: 24rem; }
@page { margin: 15mm; }
@media print {
  :root { color-scheme: light; --page: #ffffff; --ink: #000000; --soft: #444444; --rule: #bbbbbb; --panel: #f4f4f4;
    --good: #1a7f37; --fair: #9a6700; --slow: #cf222e; --promise: #cf222e; --draft: #c9b7e8; --transcript: #0072b2; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  nav, .raw { display: none; }
  h2, h3 { break-after: avoid; }
  .run, svg, tr { break-inside: avoid; }
  thead { display: table-header-group; }
  .scroll { overflow: visible; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
