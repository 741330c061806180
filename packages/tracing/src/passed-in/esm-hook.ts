import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { getBuiltinModule } from 'node:process';
import { pathToFileURL } from 'node:url';
import type { InstrumentationLike } from '../config/options.ts';
import { patchedModules } from './patched-modules.ts';

/** What OpenTelemetry's instrumentations listen to for ES modules. */
const HOOKS = 'import-in-the-middle';
const BASE = '@opentelemetry/instrumentation';

interface SyncHooks {
  supportsSyncHooks(): boolean;
  register(options: { shouldInclude: (url: string, specifier: string) => boolean }): void;
}

let hooked: Set<string> | null = null;

/**
 * Lets instrumentations of OpenTelemetry patch ES modules too: those they name and no others. Without the loader hook
 * that this installs, `import Redis from 'ioredis'` stays untraced without a word. Nothing happens where the hook's
 * package cannot be found: then there is none of theirs either.
 */
export function hookEsModules(instrumentations: readonly InstrumentationLike[]): void {
  const names = instrumentations.flatMap((one) => patchedModules(one).map(({ name }) => name));
  if (hooked !== null) for (const name of names) hooked.add(name);
  if (hooked !== null || names.length === 0) return;
  // Before Node 24 a hook has a thread of its own, which loads what `--require` names as well.
  if (getBuiltinModule('node:worker_threads').isInternalThread) return;
  const find = hookResolver(instrumentations);
  if (find === null) return;
  const wanted = new Set(names);
  hooked = wanted;
  const { register, supportsSyncHooks } = find(`${HOOKS}/register-hooks.mjs`) as SyncHooks;
  if (supportsSyncHooks()) {
    register({
      shouldInclude: (url, specifier) =>
        wanted.has(specifier) || [...wanted].some((name) => url.includes(`/node_modules/${name}/`)),
    });
  } else {
    const { href } = pathToFileURL(find.resolve(`${HOOKS}/hook.mjs`));
    nodeModule.register(href, { data: { include: names } });
  }
}

/** The copy of the hook that the instrumentations themselves use. */
function hookResolver(instrumentations: readonly InstrumentationLike[]): NodeJS.Require | null {
  let from = nodeModule.createRequire(join(process.cwd(), 'program.js'));
  const [first] = instrumentations as readonly { readonly instrumentationName?: unknown }[];
  for (const name of [String(first?.instrumentationName), BASE]) {
    const path = tryResolve(from, name);
    if (path !== null) from = nodeModule.createRequire(path);
  }
  return tryResolve(from, `${HOOKS}/register-hooks.mjs`) === null ? null : from;
}

function tryResolve(from: NodeJS.Require, name: string): string | null {
  try {
    return from.resolve(name);
  } catch {
    return null; // Not installed where it was looked for.
  }
}
