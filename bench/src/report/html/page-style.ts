import { COLOURS, recolour } from '../charts/theme.js';

/** Colours that only the page has; `COLOURS` are shared with the pictures. */
const PAGE_COLOURS = {
  panel: ['#f6f8fa', '#191f26'],
  line: ['#d8dee4', '#303943'],
  link: ['#0b5cad', '#7ab8f5'],
  good: ['#0f6b3c', '#5fd08f'],
  'good-soft': ['#e4f4ea', '#12291d'],
  bad: ['#a8321b', '#ff9c86'],
  'bad-soft': ['#fdebe7', '#361a15'],
  warn: ['#7d5300', '#f0c060'],
  'warn-soft': ['#fdf3dc', '#302612'],
  info: ['#0b5cad', '#7ab8f5'],
  'lamp-good': ['#1c9a54', '#3fc47c'],
  'lamp-warn': ['#d68f00', '#f0b429'],
  'lamp-bad': ['#d0361d', '#ff7357'],
  'info-soft': ['#e6f0fa', '#14263a'],
} as const;

const variables = (theme: 0 | 1): string =>
  [...Object.entries(COLOURS), ...Object.entries(PAGE_COLOURS)]
    .map(([name, values]) => `--${name}:${values[theme]}`)
    .join(';');

/** The whole style sheet: light, dark (by preference or by choice), print (always light). */
export const PAGE_STYLE = `
:root{color-scheme:light;${variables(0)}}
@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${variables(1)}}}
@media screen{:root[data-theme=dark]{color-scheme:dark;${variables(1)}}}
${recolour('.picture', (name) => `var(--${name})`)}
[hidden]{display:none!important}
*{box-sizing:border-box}
html{scroll-padding-top:3.5rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--surface);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
.page{max-width:76rem;margin:0 auto;padding:0 1.5rem}
h1,h2,h3,.answer{font-family:Charter,"Bitstream Charter","Sitka Text",Cambria,Georgia,"Liberation Serif",serif;line-height:1.25;text-wrap:balance}
h1{font-size:1.05rem;font-weight:600;margin:0}
h2{font-size:1.65rem;font-weight:600;margin:0 0 1rem}
h3{font-size:1.2rem;font-weight:600;margin:2.75rem 0 .75rem}
h3[id^=exp-]:not(h2+h3){border-top:1px solid var(--line);padding-top:1.6rem}
p{margin:0 0 .9rem;max-width:44rem}
a{color:var(--link);text-underline-offset:.15em;text-decoration-thickness:1px}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:2px}
code,pre{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;font-size:.875em}
pre{margin:0 0 1rem;padding:.7rem .9rem;background:var(--panel);border:1px solid var(--line);border-radius:4px;white-space:pre-wrap;overflow-wrap:anywhere}
code{overflow-wrap:anywhere}
.muted{color:var(--muted)}
.skip{position:absolute;left:-999rem;top:0;background:var(--surface);padding:.6rem 1rem;z-index:3}
.skip:focus{left:.5rem}
.masthead{padding:1.4rem 0 1rem}
.masthead .page{display:flex;justify-content:space-between;align-items:flex-start;gap:1rem}
.masthead p{margin:.15rem 0 0;color:var(--muted);font-size:.9rem}
#theme{flex:none;font:inherit;font-size:.85rem;color:var(--muted);background:none;border:1px solid var(--line);border-radius:4px;padding:.25rem .6rem;cursor:pointer}
#theme:hover{color:var(--ink)}
.choose{font-size:.875rem;margin:0 0 1rem}
.choose fieldset{border:1px solid var(--line);border-radius:4px;margin:.5rem 0;padding:.5rem .9rem;columns:18rem}
.choose legend{font-weight:600}
.choose label{display:block;break-inside:avoid;padding:.15rem 0}
.choose button{font:inherit}
.contents{position:sticky;top:0;z-index:2;background:var(--surface);border-block:1px solid var(--line)}
.contents ul{display:flex;gap:1.4rem;list-style:none;margin:0;padding:0;overflow-x:auto;scrollbar-width:thin}
.contents li{flex:none;margin:0}
.contents a{display:block;padding:.55rem 0;color:var(--muted);font-size:.875rem;text-decoration:none}
.contents a:hover{color:var(--ink);text-decoration:underline}
.banner{background:var(--bad);color:var(--surface);padding:1rem 0}
.banner a{color:inherit}
.banner p{margin:0;max-width:60rem}
.banner .banner-title{font-weight:700;font-size:1.1rem;margin-bottom:.25rem}
.answer{font-size:clamp(1.2rem,1rem + .8vw,1.6rem);line-height:1.35;margin:1.6rem 0 1.75rem;max-width:64rem}
.answer p{max-width:none;margin:0 0 .7rem;text-wrap:pretty}
.answer strong{font-weight:700}
.answer .muted{display:block;font:.875rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;margin-top:.1rem}
.opening{display:grid;gap:1.75rem 2.5rem;grid-template-columns:minmax(0,1fr);grid-template-areas:"light" "verdicts" "figure" "facts";padding-bottom:1rem}
.light-box{grid-area:light}.verdict-box{grid-area:verdicts}.beside>figure{grid-area:figure;margin:0}.beside>.facts{grid-area:facts;border-top:1px solid var(--line);padding-top:.9rem}
.beside{display:contents}
@media screen and (min-width:68rem){.opening{grid-template-columns:minmax(0,1.38fr) minmax(0,1fr);grid-template-areas:"verdicts beside";align-items:start}.beside{grid-area:beside;display:grid;gap:1.5rem;position:sticky;top:3.4rem}.beside>.light-box,.beside>figure,.beside>.facts{grid-area:auto}.opening.single{grid-template-columns:minmax(0,1fr);grid-template-areas:"beside"}}
.light-box{border:1px solid var(--line);border-left-width:6px;border-radius:4px;padding:.8rem 1rem .5rem}
.light-box.good{border-left-color:var(--lamp-good)}.light-box.warn{border-left-color:var(--lamp-warn)}.light-box.bad{border-left-color:var(--lamp-bad)}
.light-title{margin:0 0 .35rem;font-weight:600}
.lamp{display:inline-block;width:.85rem;height:.85rem;margin-right:.35rem;border-radius:50%;background:currentColor;vertical-align:-.05rem}
.good>* .light-word{color:var(--good)}.warn>* .light-word{color:var(--warn)}.bad>* .light-word{color:var(--bad)}
.good>* .lamp{color:var(--lamp-good)}.warn>* .lamp{color:var(--lamp-warn)}.bad>* .lamp{color:var(--lamp-bad)}
.light-box ul{margin:0;padding:0;list-style:none;font-size:.9rem}
.light-box li{margin-bottom:.3rem}
.verdict-box h2{margin-bottom:.4rem}
.verdict-box>p{font-size:.85rem;margin-bottom:.4rem}
.verdict-box>p .verdict{margin-right:.3rem}
.verdict{display:inline-block;white-space:nowrap;font-size:.75rem;font-weight:650;letter-spacing:.02em;line-height:1.2;padding:.16rem .4rem;border-radius:3px;background:var(--panel);color:var(--muted)}
.verdict.confirmed{background:var(--good-soft);color:var(--good)}
.verdict.refuted{background:var(--bad-soft);color:var(--bad)}
.verdict.equivalent{background:var(--info-soft);color:var(--info)}
.verdict.inconclusive{background:var(--warn-soft);color:var(--warn)}
.mark{font-weight:600;color:var(--warn)}
section{padding:3.25rem 0 0}
section>h2{border-top:2px solid var(--ink);padding-top:.8rem}
section.standin{margin-top:3.25rem;padding:1.5rem;border:3px double var(--bad)}
section.standin>h2{border:0;padding:0}
.labelled{position:relative}
.label{display:block;font-size:.78rem;font-weight:650;color:var(--muted)}
.table{margin:0 0 1.5rem}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-size:.875rem;line-height:1.4;font-variant-numeric:tabular-nums lining-nums}
caption{text-align:left;font-weight:600;padding:.4rem 0;font-size:.875rem}
.verdict-box>.table caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{text-align:left;vertical-align:top;padding:.42rem .9rem .42rem 0;border-bottom:1px solid var(--line);min-width:4.5rem;max-width:26rem}
td:last-child,th:last-child{padding-right:.25rem}
tbody th{font-weight:400;min-width:9rem}
thead th{vertical-align:bottom;color:var(--muted);font-weight:600;font-size:.8rem;border-bottom:1px solid var(--ink)}
.number{text-align:right}
td.number,.short,th[scope=row].number{white-space:nowrap}
thead button{all:unset;cursor:pointer;display:inline;font:inherit;color:inherit}
thead button:hover{color:var(--ink);text-decoration:underline;text-underline-offset:.2em}
thead button:focus-visible{outline:2px solid var(--link);outline-offset:2px}
th[aria-sort=ascending] button::after{content:" ↑"}
th[aria-sort=descending] button::after{content:" ↓"}
tr.bad>*{background:var(--bad-soft)}tr.warn>*{background:var(--warn-soft)}
tr.bad>:first-child{box-shadow:inset 3px 0 var(--bad);padding-left:.6rem}tr.warn>:first-child{box-shadow:inset 3px 0 var(--warn);padding-left:.6rem}
.verdict-box>.table table{width:100%}
.verdict-box>.table th,.verdict-box>.table td{max-width:none;padding-block:.6rem}
.verdict-box>.table td.number{white-space:normal;text-align:left;min-width:14rem}
.verdict-box>.table th.number{text-align:left}
.verdict-box>.table td:nth-child(2){min-width:15rem}
.verdict-box>.table th[scope=row] .verdict{white-space:normal}
.verdict-box>.table td a{color:inherit;text-decoration-color:var(--axis)}
.verdict-box>.table .muted{font-size:.8rem}
.interval{display:block;margin-bottom:.15rem}
.interval .axis{stroke:var(--grid);stroke-width:2}.interval .one{stroke:var(--muted);stroke-width:1}
.interval .span{stroke:var(--ink);stroke-width:2}.interval .point{fill:var(--ink);stroke:var(--surface)}.interval .open{fill:var(--surface);stroke:var(--ink);stroke-width:1.5}
.note{font-size:.8rem;color:var(--muted);margin:.4rem 0 0}
figure{margin:1.25rem 0 2rem}
.picture>div>svg{color:var(--ink)}.picture>div>svg{display:block;max-width:100%;height:auto}
.narrow{display:none}
@media screen and (max-width:47rem){.wide{display:none}.narrow{display:block}}
figcaption{font-size:.875rem;color:var(--muted);max-width:44rem;margin-top:.5rem}
figcaption strong{color:var(--ink);font-weight:600}
details{margin:0 0 1rem}
summary{cursor:pointer;color:var(--link);font-size:.875rem;width:fit-content}
details.data{margin:.35rem 0 0}
details[open]>summary{margin-bottom:.5rem}
.callout{border-left:4px solid var(--line);background:var(--panel);padding:.7rem 1rem .1rem;margin:0 0 1rem;max-width:46rem;border-radius:0 4px 4px 0}
.callout.warn{border-left-color:var(--warn);background:var(--warn-soft)}.callout.bad{border-left-color:var(--bad);background:var(--bad-soft)}
.callout-title{font-weight:600;margin-bottom:.3rem}
.facts{display:grid;gap:.4rem;margin:0 0 1.25rem;font-size:.875rem}
.facts div{display:grid;grid-template-columns:9rem minmax(0,1fr);gap:.75rem}
.facts dt{color:var(--muted)}.facts dd{margin:0}
ul{padding-left:1.1rem}li:has(>.verdict){list-style:none;margin-left:-1.1rem}li{margin-bottom:.45rem;max-width:44rem}
footer{margin-top:4rem;padding:1rem 0 2rem;border-top:1px solid var(--line);color:var(--muted);font-size:.85rem}
@media screen and (min-width:40rem){.verdict-box>.table th[scope=row]{width:1%}}
@media screen and (max-width:40rem){
.verdict-box>.table table,.verdict-box>.table tbody,.verdict-box>.table tr,.verdict-box>.table th,.verdict-box>.table td{display:block}
.verdict-box>.table thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.verdict-box>.table tr{border-bottom:1px solid var(--line);padding:.7rem 0}
.verdict-box>.table tbody th,.verdict-box>.table td{border:0;padding:.1rem 0;min-width:0}
}
@media (max-width:30rem){.page{padding:0 1rem}.facts div{grid-template-columns:minmax(0,1fr);gap:0}.masthead .page{flex-wrap:wrap}section.standin{padding:1rem .75rem}h2{font-size:1.4rem}}
@media print{
@page{margin:16mm 14mm}
html{font-size:12px}
.page{max-width:none;padding:0}
.contents,.choose,#theme,.skip,details.data{display:none}
.banner{background:none;color:var(--bad);border:2px solid var(--bad);padding:.5rem .75rem}
.opening{grid-template-columns:minmax(0,1fr);grid-template-areas:"light" "verdicts" "figure" "facts"}
section{padding-top:1.5rem}
h2,h3{break-after:avoid}figure,tr,.callout,.light-box{break-inside:avoid}
thead{display:table-header-group}
.scroll{overflow:visible}table{font-size:.8rem;width:100%}th,td,tbody th{min-width:3.6rem;padding-right:.5rem;overflow-wrap:anywhere}td.number,.short,th[scope=row].number{white-space:normal}
.picture svg{max-height:95mm}
a{color:inherit}
}
`;
