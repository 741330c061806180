import { type AnalysisTask, runTask } from './analysis-task.ts';

/** One task for each worker: ending it is how a task is cancelled, and gives its memory back. */
globalThis.addEventListener('message', ({ data }: MessageEvent<AnalysisTask>) => {
  globalThis.postMessage(runTask(data));
});
