/**
 * The page around the data: the head, the verdict in plain HTML, the empty sections, script, style and block.
 *
 * A content security policy allows exactly this script and this style, by their hashes, and no connection at all: a
 * hostile value that found a way into the markup could still do nothing.
 */
import { createHash } from 'node:crypto';
import type { Judgement } from '../verdict.ts';
import { countText, inert, spanText } from './data/text.ts';
import type { Header } from './data/header.ts';

export interface Parts {
  readonly header: Header;
  readonly script: string;
  readonly style: string;
  /** gzip in base64. */
  readonly block: string;
}

export const GLYPHS: Readonly<Record<Judgement, string>> = { valid: '✓', invalid: '✗', unknown: '?' };

export function htmlDocument({ header, script, style, block }: Parts): string {
  if (/<\/(script|style)|<!--/i.test(script + style)) throw new Error('the viewer would end its own element');
  const { judgement, sentence } = header.verdict;
  const word = judgement.toUpperCase();
  const kinds = [...new Set(header.anomalies.map(({ kind }) => kind))].map(
    (kind) => `<span class="kind">${escape(kind)}</span>`,
  );
  const policy = [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(`${word}: ${header.run.title}`)}</title>
<style>${style}</style>
</head>
<body class="${judgement}">
<header id="top">
<p class="run"><bdi>${escape(header.run.title)}</bdi></p>
<h1><span class="glyph" aria-hidden="true">${GLYPHS[judgement]}</span> <span class="word">${word}</span> ${kinds.join(' ')}</h1>
<p class="sentence"><bdi>${escape(sentence)}</bdi></p>
<p class="summary"><bdi>${escape(summary(header))}</bdi></p>
</header>
<nav id="nav" aria-label="Sections"></nav>
<main id="main"><noscript><p>The timeline, the charts and the tables need JavaScript; nothing is fetched from anywhere.</p></noscript></main>
<script>${script}</script>
<template id="block">${block}</template>
</body>
</html>
`;
}

/** `2026-11-22 02:01:00 UTC · 60.0 s · 62,114 operations · 14 of 14 faults took effect · seed 7f3a`. */
function summary({ run, count, durationNs, faults }: Header): string {
  const seen = faults.filter(({ firstEffectNs }) => firstEffectNs !== undefined).length;
  const parts = [
    run.startedAt === '' ? '' : run.startedAt.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC'),
    spanText(durationNs),
    `${countText(count)} operations`,
    faults.length === 0 ? 'no faults' : `${seen} of ${faults.length} faults took effect`,
    run.seed === '' ? '' : `seed ${run.seed}`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

const hash = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text from the system under test as HTML text or attribute value. */
export function escape(text: string): string {
  return inert(text).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '');
}
