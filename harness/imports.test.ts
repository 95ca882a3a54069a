/** The rule of the house: arrows point down, and nowhere in a circle. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** From the roof to the ground. */
const FLOORS = ['harness', 'nemesis', 'targets', 'workloads', 'results'];

type Imports = ReadonlyMap<string, readonly string[]>;

const floorOf = (path: string) => path.split('/')[0] ?? '';

function importsOfHouse(): Imports {
  const files = FLOORS.flatMap((floor) =>
    readdirSync(join(root, floor), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(floor, name)),
  );
  return new Map(files.map((file) => [file, importsOf(file, readFileSync(join(root, file), 'utf8'))]));
}

/** Paths, below the root, of all that a file imports by a relative name. */
function importsOf(file: string, source: string): string[] {
  return ts
    .preProcessFile(source, true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.') && name.endsWith('.ts'))
    .map((name) => relative(root, join(root, dirname(file), name)));
}

function upward(imports: Imports): string[] {
  return [...imports].flatMap(([file, targets]) =>
    targets
      .filter((target) => FLOORS.indexOf(floorOf(target)) < FLOORS.indexOf(floorOf(file)))
      .map((target) => `${file} -> ${target}`),
  );
}

/** Another floor is entered by its front door; only its benchmarks, which are run and not used, are called by path. */
function throughWalls(imports: Imports): string[] {
  return [...imports].flatMap(([file, targets]) =>
    targets
      .filter((target) => floorOf(target) !== floorOf(file) && !/^\w+\/index\.ts$|[/-]bench\.ts$/.test(target))
      .map((target) => `${file} -> ${target}`),
  );
}

/** One circle, as the files along it, or none. */
function circle(imports: Imports): string[] {
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const target of imports.get(file) ?? []) {
      const found = walk(target, [...path, file]);
      if (found.length > 0) return found;
    }
    done.add(file);
    return [];
  };
  for (const file of imports.keys()) {
    const found = walk(file, []);
    if (found.length > 0) return found;
  }
  return [];
}

describe('imports', () => {
  const imports = importsOfHouse();
  const code = new Map([...imports].filter(([file]) => !file.endsWith('.test.ts')));

  test('no arrow points up', () => expect(upward(imports)).toEqual([]));
  test('no circles', () => expect(circle(code)).toEqual([]));
  test('another floor is entered through its index', () => expect(throughWalls(code)).toEqual([]));
  test('every floor opens with an index and a README', () => {
    for (const floor of FLOORS)
      expect(readdirSync(join(root, floor))).toEqual(expect.arrayContaining(['index.ts', 'README.md']));
  });

  test('the rule catches what it is for', () => {
    expect(importsOf('results/a.ts', `import { x } from '../harness/index.ts'`)).toEqual(['harness/index.ts']);
    expect(upward(new Map([['results/a.ts', ['harness/index.ts']]]))).toEqual(['results/a.ts -> harness/index.ts']);
    expect(upward(new Map([['harness/a.ts', ['results/index.ts']]]))).toEqual([]);
    expect(throughWalls(new Map([['harness/a.ts', ['results/verdict.ts']]]))).toEqual([
      'harness/a.ts -> results/verdict.ts',
    ]);
    expect(
      circle(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['a']],
        ]),
      ),
    ).toEqual(['a', 'b', 'c', 'a']);
    expect(
      circle(
        new Map([
          ['a', ['b', 'c']],
          ['b', ['c']],
          ['c', []],
        ]),
      ),
    ).toEqual([]);
  });
});
