#!/usr/bin/env node
import { examine } from './doctor/examine.ts';
import { printFindings } from './doctor/print-findings.ts';

const USAGE = `utxoiq-tracing doctor   finds why spans do not arrive, and says how to mend it

Reads the same variables as your program (OTEL_*, GCP_PROJECT_ID, UTXOIQ_TRACING_*). Run it where the
program runs. Exit code 1 when something is broken.`;

const [command] = process.argv.slice(2);
if (command === 'doctor') {
  const findings = await examine({ env: process.env, directory: process.cwd(), fetch: globalThis.fetch });
  console.log(printFindings(findings));
  process.exitCode = findings.some(({ level }) => level === 'broken') ? 1 : 0;
} else {
  console.log(USAGE);
  process.exitCode = command === undefined || command === '--help' ? 0 : 2;
}
