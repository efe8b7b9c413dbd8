// Cuts the interface font into small files, so that a first visit does not fetch a whole Korean font: Latin and signs; Cyrillic; the two
// letters that Uzbek adds to Latin, each fetched only by a page that has them; and every character of the word catalogues and city packs with the syllables that Korean text uses most, so that a
// headline nobody has seen before needs nothing more. A device without a Korean font takes the rest from the slices that
// the font's own package ships, by unicode-range. Usage: node tools/fonts.mjs
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

const latin = String.fromCodePoint(...Array.from({ length: 95 }, (_, i) => 0x20 + i)) + '\u00a0°²³µ·×–—‘’“”…₩€±≤≥₀₁₂₃₄₅₆₇₈₉';
const texts = [...files('src', /(Resources\/[a-z]{2}\.json|Module\.cs)$/), ...files('src/SharedKernel', /Units\.cs$/), ...files('cities', /(city\.json|words\/.*\.json|settings\/.*\.json|feeds\/.*\.ya?ml)$/)]
  .map(path => readFileSync(path, 'utf8')).join('');
// the package orders its slices by how often their syllables are used, the commonest last
const common = [...slices.matchAll(/subset\.(\d+)\.woff2[^;]*;\s*unicode-range:\s*([^;]+);/g)].filter(s => s[1] >= 89)
  .flatMap(s => s[2].split(',')).map(r => r.trim().slice(2).split('-').map(c => parseInt(c, 16)))
  .flatMap(([from, to = from]) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i))).filter(c => c >= '가' && c <= '힣');
const letters = Array.from({ length: 64 }, (_, i) => String.fromCodePoint(0x410 + i)).join('') + 'ЁёЎўҚқҒғҲҳ', uzbek = '\u02bb\u02bc';
const words = [...new Set([...texts, ...common])].filter(c => c > '\u007f' && !(latin + letters + uzbek).includes(c)).sort().join('');
const cyrillic = letters + [...'«»„№'].filter(c => !words.includes(c)).join('');

mkdirSync(destination, { recursive: true });
// spacing, and digits of equal width; the font's many stylistic alternates are twice its size
const axes = { variationAxes: { wght: { min: 400, max: 800 } }, keepFeatures: ['kern', 'tnum', 'ccmp', 'locl'], noHinting: true, targetFormat: 'woff2' };
function ranges(text) {
  const codes = [...text].map(c => c.codePointAt(0)).sort((a, b) => a - b), hex = n => n.toString(16), found = [];
  for (let i = 0, j; i < codes.length; i = j) {
    for (j = i + 1; codes[j] === codes[j - 1] + 1; j++);
    found.push('U+' + hex(codes[i]) + (j > i + 1 ? '-' + hex(codes[j - 1]) : ''));
  }
  return found.join(',');
}
let css = '/* made by tools/fonts.mjs: Pretendard, SIL Open Font License 1.1, cut to the characters in use */\n';
for (const [name, text] of [['latin', latin], ['words', words], ['cyrillic', cyrillic], ['uzbek', uzbek]]) {
  const font = await subsetFont(source, text, axes);
  writeFileSync(join(destination, name + '.woff2'), font);
  css += `@font-face{font-family:"SmartCity UI";src:url(${name}.woff2) format("woff2");font-weight:400 800;font-display:swap;unicode-range:${ranges(text)}}\n`;
}
for (const slice of slices.matchAll(/subset\.(\d+)\.woff2[^;]*;\s*unicode-range:\s*([^;]+);/g))
  css += `@font-face{font-family:"SmartCity Text";src:url(../pretendard/PretendardVariable.subset.${slice[1]}.woff2) format("woff2");font-weight:400 800;font-display:swap;unicode-range:${slice[2].replace(/\s+/g, '')}}\n`;
writeFileSync(join(destination, 'fonts.css'), css);
console.log(`fonts: ${[...words].length} characters beside Latin`);
