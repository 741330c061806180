#!/usr/bin/env node
import { run } from './doctor/command-line.ts';

const { text, exitCode } = await run(process.argv.slice(2));
(exitCode === 2 ? console.error : console.log)(text);
process.exitCode = exitCode;
