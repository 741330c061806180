/** Something the user can mend: what is wrong, and the next step. */
export class SetupError extends Error {
  constructor(message, nextStep) {
    super(message);
    this.name = 'SetupError';
    this.nextStep = nextStep;
  }
}

/** Runs a command's main function; an error the user can mend becomes two plain lines and exit code 1. */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`\n${error.message}\n${error.nextStep}`);
    process.exitCode = 1;
  }
}
