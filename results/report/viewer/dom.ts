/**
 * Elements, made from names, attributes and text. There is no way here to hand over markup: a string is always a text
 * node, and passes through `inert`, so that nothing a system under test wrote can act, or reorder what stands beside it.
 */
import { inert } from '../data/text.ts';

export type Child = Node | string | null;
export type Attributes = Readonly<Record<string, string | number | boolean | ((event: Event) => void)>>;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return dress(document.createElement(tag), attributes, children);
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return dress(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function dress<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value !== false) element.setAttribute(name, value === true ? '' : inert(String(value)));
  }
  fill(element, children);
  return element;
}

/** Replaces what an element holds. */
export function fill(element: Element, children: readonly Child[]): void {
  element.replaceChildren(
    ...children.flatMap((child) => (child === null ? [] : typeof child === 'string' ? inert(child) : child)),
  );
}

/** Text of the system under test in a sentence of ours: isolated, so that its direction stays its own. */
export function said(text: string): HTMLElement {
  return el('bdi', {}, text);
}

export interface Cell {
  readonly text: string;
  /** Numbers align to the right, their heads too; `good` and `bad` are said in words as well. */
  readonly kind?: 'number' | 'code' | 'good' | 'bad' | 'muted';
}

/** A table with a caption and heads; cells are text. */
export function table(caption: string, heads: readonly string[], rows: readonly (readonly Cell[])[]): HTMLElement {
  const head = heads.map((name, i) => {
    const number = rows[0]?.[i]?.kind === 'number';
    return el('th', number ? { scope: 'col', class: 'number' } : { scope: 'col' }, name);
  });
  const body = rows.map((cells) =>
    el('tr', {}, ...cells.map(({ text, kind }) => el('td', kind ? { class: kind } : {}, said(text)))),
  );
  const inner = el(
    'table',
    {},
    el('caption', {}, caption),
    el('thead', {}, el('tr', {}, ...head)),
    el('tbody', {}, ...body),
  );
  return el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption }, inner);
}

export function section(id: string, title: string, ...children: Child[]): HTMLElement {
  return el('section', { id, 'aria-labelledby': `${id}-title` }, el('h2', { id: `${id}-title` }, title), ...children);
}
