/** One thing the doctor looked at. */
export interface Finding {
  readonly level: 'fine' | 'doubtful' | 'broken';
  readonly what: string;
  /** How to mend it; empty where there is nothing to do. */
  readonly nextStep: string;
}

export const fine = (what: string): Finding => ({ level: 'fine', what, nextStep: '' });
export const doubtful = (what: string, nextStep: string): Finding => ({ level: 'doubtful', what, nextStep });
export const broken = (what: string, nextStep: string): Finding => ({ level: 'broken', what, nextStep });
