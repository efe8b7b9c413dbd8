// Cuts the interface font: the characters that the pages themselves use (Latin, signs, and every character of the word
// catalogues and city packs) into two small files, so that a first visit does not fetch a whole Korean font. All other
// characters come from the slices that the font's own package ships, by unicode-range. Usage: node tools/fonts.mjs
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import subsetFont from 'subset-font';

const source = readFileSync('node_modules/pretendard/dist/public/variable/PretendardVariable.ttf');
const slices = readFileSync('node_modules/pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css', 'utf8');
const destination = 'src/Shell/wwwroot/lib/fonts';

function* files(folder, wanted) {
  for (const name of readdirSync(folder)) {
    if (['bin', 'obj', 'node_modules', 'lib'].includes(name)) continue;
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* files(path, wanted);
    else if (wanted.test(path)) yield path;
  }
}

const latin = String.fromCodePoint(...Array.from({ length: 95 }, (_, i) => 0x20 + i)) + '\u00a0°²³µ·×–—‘’“”…₩€±≤≥';
const texts = [...files('src', /(Resources\/[a-z]{2}\.json|Module\.cs)$/), ...files('src/SharedKernel', /Units\.cs$/), ...files('cities', /(city\.json|words\/.*\.json|settings\/.*\.json|feeds\/.*\.ya?ml)$/)]
  .map(path => readFileSync(path, 'utf8')).join('');
const words = [...new Set(texts)].filter(c => c > '\u007f' && !latin.includes(c)).sort().join('');

mkdirSync(destination, { recursive: true });
const axes = { variationAxes: { wght: { min: 400, max: 800 } }, targetFormat: 'woff2' };
const ranges = text => [...text].map(c => 'U+' + c.codePointAt(0).toString(16)).join(',');
let css = '/* made by tools/fonts.mjs: Pretendard, SIL Open Font License 1.1, cut to the characters in use */\n';
for (const [name, text] of [['latin', latin], ['words', words]]) {
  const font = await subsetFont(source, text, axes);
  writeFileSync(join(destination, name + '.woff2'), font);
  const range = name === 'latin' ? 'U+20-7e,' + ranges(latin.replace(/[\x20-\x7e]/g, '')) : ranges(text);
  css += `@font-face{font-family:"SmartCity UI";src:url(${name}.woff2) format("woff2");font-weight:400 800;font-display:swap;unicode-range:${range}}\n`;
}
for (const slice of slices.matchAll(/subset\.(\d+)\.woff2[^;]*;\s*unicode-range:\s*([^;]+);/g))
  css += `@font-face{font-family:"SmartCity Text";src:url(../pretendard/PretendardVariable.subset.${slice[1]}.woff2) format("woff2");font-weight:400 800;font-display:swap;unicode-range:${slice[2].replace(/\s+/g, '')}}\n`;
writeFileSync(join(destination, 'fonts.css'), css);
console.log(`fonts: ${[...words].length} characters beside Latin`);
