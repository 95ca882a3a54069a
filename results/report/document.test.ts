import { expect, test } from 'vitest';
import { fromEvents } from '../history/index.ts';
import { compile } from './compile.ts';
import { escape, htmlDocument } from './document.ts';

const HOSTILE = `</script></template><img src=x onerror="alert('1')">&\u202e\u0000`;

function page(sentence: string, script = 'run()'): string {
  const history = fromEvents([]);
  const { header } = compile({ info: null, name: HOSTILE, history, verdict: null, logs: [] });
  return htmlDocument({
    header: { ...header, verdict: { ...header.verdict, sentence } },
    script,
    style: 'p{}',
    block: 'AAAA',
  });
}

test('text of the system under test is text in the page', () => {
  const html = page(HOSTILE);
  expect(html).not.toContain('<img');
  expect(html.match(/<\/script>/g)).toHaveLength(1);
  expect(html.match(/<\/template>/g)).toHaveLength(1);
  expect(html).not.toContain('\u202e');
  expect(html).toContain('&lt;/script&gt;');
});

test('every character with a meaning in HTML is escaped', () => {
  expect(escape(`<a href="x" id='y'>&`)).toBe('&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;');
});

test('only this script and this style are allowed, and no connection', () => {
  const html = page('fine');
  expect(html).toMatch(/default-src 'none'; script-src 'sha256-[\w+/=]{44}'; style-src 'sha256-[\w+/=]{44}'/);
});

test('a script that would end its own element is refused', () => {
  expect(() => page('fine', `x = '</script>'`)).toThrow('end its own element');
});

test('the verdict stands in the page before any script has run', () => {
  const html = page('register is not linearizable');
  expect(html).toContain('<span class="word">UNKNOWN</span>');
  expect(html).toContain('register is not linearizable');
});
