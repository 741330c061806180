import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { LINT_PROFILES, type LintProfile } from '../lint/limits.ts';
import { lintText, printLint } from '../lint/lint-file.ts';
import { examine } from './examine.ts';
import { printFindings } from './print-findings.ts';

export const USAGE = `utxoiq-tracing doctor [--app COMMAND] [--json]
    finds why spans do not arrive, and says how to mend it. Reads the same variables as your program (OTEL_*,
    GCP_PROJECT_ID, UTXOIQ_TRACING_*): run it where the program runs. COMMAND is what starts the program
    ("node dist/app.js"); by default the start script of package.json.
utxoiq-tracing lint FILE|- [--profile cloud-trace|otlp] [--json]
    names what Google would cut of the spans in OTLP/JSON, one request or one a line.

Exit code: 0 all is well, 1 something is broken or would be cut, 2 wrong usage.`;

export interface Outcome {
  readonly text: string;
  readonly exitCode: 0 | 1 | 2;
}

const OPTIONS = {
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  app: { type: 'string' },
  profile: { type: 'string' },
} as const;

export async function run(args: readonly string[]): Promise<Outcome> {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const [command, file] = positionals;
    if (values.help === true || command === undefined || command === 'help')
      return { text: USAGE, exitCode: 0 };
    if (command === 'doctor') return await doctor(values.json === true, values.app);
    if (command === 'lint' && file !== undefined)
      return await lint(file, values.profile, values.json === true);
    return { text: USAGE, exitCode: 2 };
  } catch (error) {
    return { text: `${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`, exitCode: 2 };
  }
}

async function doctor(asJson: boolean, app: string | undefined): Promise<Outcome> {
  const findings = await examine({
    env: process.env,
    directory: process.cwd(),
    fetch: globalThis.fetch,
    ...(app !== undefined && { app }),
  });
  const isBroken = findings.some(({ level }) => level === 'broken');
  return {
    text: asJson ? JSON.stringify({ ok: !isBroken, findings }, null, 2) : printFindings(findings),
    exitCode: isBroken ? 1 : 0,
  };
}

async function lint(file: string, profile = 'cloud-trace', asJson = false): Promise<Outcome> {
  if (!(profile in LINT_PROFILES)) return { text: `no profile ${profile}\n\n${USAGE}`, exitCode: 2 };
  const content = file === '-' ? await text(process.stdin) : readFileSync(file, 'utf8');
  const result = lintText(content, profile as LintProfile);
  if (!result.ok) return { text: result.message, exitCode: 2 };
  return {
    text: asJson ? JSON.stringify(result, null, 2) : printLint(result),
    exitCode: result.spans.length > 0 ? 1 : 0,
  };
}
