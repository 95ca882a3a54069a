/**
 * Makes a fresh clone ready: installs the dependencies, compiles, and puts the files that are not TypeScript beside the
 * code. Runs before `npm start` and `npm test`; does nothing where nothing changed.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const FLOORS = ['harness', 'nemesis', 'workloads', 'targets', 'results'];
/** What the code reads at run time besides itself. */
const ASSETS = /(^|\/)(Dockerfile|[^/]+\.(sh|pl|html|css|svg))$/;

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `ordeal needs Node.js 20.19 or newer; this is ${process.versions.node}. Install a newer one from your system's packages or with a version manager.`,
  );
  process.exit(4);
}

const newest = (paths) => Math.max(0, ...paths.map((path) => statSync(join(root, path)).mtimeMs));
const files = FLOORS.flatMap((floor) =>
  readdirSync(join(root, floor), { recursive: true }).map((name) => join(floor, name)),
);
const inputs = [...files, 'package.json', 'package-lock.json', 'tsconfig.json'];

const run = (command, args) => {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    console.error(`setup: ${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}`);
    process.exit(4);
  }
};

const installed = join(root, 'node_modules/.package-lock.json');
if (!existsSync(installed) || statSync(installed).mtimeMs < newest(['package-lock.json'])) {
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

const stamp = join(root, 'dist/.built');
if (!existsSync(stamp) || statSync(stamp).mtimeMs < newest(inputs)) {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  rmSync(join(root, 'node_modules/.cache/tsconfig.build.tsbuildinfo'), { force: true });
  run(process.execPath, ['node_modules/typescript/bin/tsc', '--project', 'harness/tsconfig.build.json']);
  for (const file of files.filter((name) => ASSETS.test(name))) {
    mkdirSync(join(root, 'dist', dirname(file)), { recursive: true });
    cpSync(join(root, file), join(root, 'dist', file));
  }
  if (existsSync(join(root, 'results/report/viewer/main.ts'))) {
    const { build } = await import('esbuild');
    await build({
      entryPoints: [join(root, 'results/report/viewer/main.ts')],
      outfile: join(root, 'dist/results/report/viewer.js'),
      bundle: true,
      minify: true,
      format: 'iife',
      target: 'es2022',
      logLevel: 'warning',
    });
  }
  writeFileSync(stamp, '');
}
