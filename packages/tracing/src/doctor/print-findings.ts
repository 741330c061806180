import type { Finding } from './finding.ts';

const MARK: Readonly<Record<Finding['level'], string>> = { fine: 'ok', doubtful: '??', broken: '!!' };

export function printFindings(findings: readonly Finding[]): string {
  return findings
    .map(
      ({ level, what, nextStep }) =>
        `${MARK[level]}  ${what}${nextStep === '' ? '' : `\n    -> ${nextStep}`}`,
    )
    .join('\n');
}
