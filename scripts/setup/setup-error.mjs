/** Something the user can mend: what is wrong, and the next step. */
export class SetupError extends Error {
  constructor(message, nextStep) {
    super(message);
    this.name = 'SetupError';
    this.nextStep = nextStep;
  }
}

/** Runs a command's main function; an error the user can mend becomes one plain line and exit code 1. */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    // A message with npm's own lines in it ends with the next step on a line of its own.
    console.error(`\n${error.message}${error.message.includes('\n') ? '\n' : ' '}${error.nextStep}`);
    process.exitCode = 1;
  }
}
