import * as nodeModule from 'node:module'; // By namespace: many bundles declare a `createRequire` of their own.
import { patchedModules } from './patched-modules.ts';

/** Modules that were loaded before their instrumentation could patch them: they stay untraced, silently. */
export function loadedTooEarly(instrumentation: object): string[] {
  const modules = patchedModules(instrumentation);
  const names = (patched: boolean) =>
    new Set(modules.filter(({ isPatched }) => isPatched === patched).map(({ name }) => name));
  // One module may have a definition per range of its versions: one that was patched is enough.
  const untouched = names(false).difference(names(true));
  const loaded = Object.keys(nodeModule.createRequire(process.execPath).cache).map((path) =>
    path.replaceAll('\\', '/'),
  );
  return [...untouched].filter((name) => loaded.some((path) => path.includes(`/node_modules/${name}/`)));
}
