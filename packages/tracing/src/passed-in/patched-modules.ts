/** As much of OpenTelemetry's `InstrumentationBase` as tells what it patches. */
export interface PatchedModule {
  readonly name: string;
  /** It has been seen loading, and so has been patched. */
  readonly isPatched: boolean;
}

export function patchedModules(instrumentation: object): PatchedModule[] {
  const { _modules: modules } = instrumentation as {
    readonly _modules?: readonly { readonly name?: unknown; readonly moduleExports?: unknown }[];
  };
  if (!Array.isArray(modules)) return [];
  return modules.map(({ name, moduleExports }) => ({
    name: String(name),
    isPatched: moduleExports !== undefined,
  }));
}
