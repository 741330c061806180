import * as nodeModule from 'node:module'; // By namespace: many bundles declare a `createRequire` of their own.

/** As much of `InstrumentationBase` as tells what it patches. */
interface Patching {
  readonly _modules?: readonly { readonly name?: unknown; readonly moduleExports?: unknown }[];
}

/** Modules that were loaded before their instrumentation could patch them: they stay untraced, silently. */
export function loadedTooEarly(instrumentation: object): string[] {
  const { _modules: modules } = instrumentation as Patching;
  if (!Array.isArray(modules)) return [];
  const names = (patched: boolean) =>
    modules
      .filter(({ moduleExports }) => (moduleExports !== undefined) === patched)
      .map(({ name }) => String(name));
  // One module may have a definition per range of its versions: one that was patched is enough.
  const untouched = new Set(names(false)).difference(new Set(names(true)));
  const loaded = Object.keys(nodeModule.createRequire(process.execPath).cache).map((path) =>
    path.replaceAll('\\', '/'),
  );
  return [...untouched].filter((name) => loaded.some((path) => path.includes(`/node_modules/${name}/`)));
}
