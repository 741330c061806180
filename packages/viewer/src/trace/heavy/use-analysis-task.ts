import { useEffect, useMemo, useState } from 'react';
import { type AnalysisTask, isLarge, type ResultOf, runTask } from './analysis-task.ts';

type Answer<Task extends AnalysisTask> =
  | { readonly status: 'done'; readonly result: ResultOf<Task> }
  | { readonly status: 'running' }
  | { readonly status: 'failed'; readonly error: Error };

/**
 * The task's result: at once for most traces, from a worker for large ones, so that the page moves meanwhile.
 * `task` has to be the same object until something else is wanted; null asks for nothing.
 */
export function useAnalysisTask<Task extends AnalysisTask>(task: Task | null): Answer<Task> | null {
  const small = useMemo(
    () => (task === null || isLarge(task) ? null : { status: 'done' as const, result: runTask(task) }),
    [task],
  );
  const [large, setLarge] = useState<{ readonly of: Task; readonly answer: Answer<Task> } | null>(null);
  useEffect(() => {
    if (task === null || !isLarge(task)) return;
    const worker = new Worker(new URL('./analysis-worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<ResultOf<Task>>) => {
      setLarge({ of: task, answer: { status: 'done', result: data } });
      worker.terminate();
    });
    worker.addEventListener('error', ({ message }) => {
      const error = new Error(message || 'the analysis could not be started');
      setLarge({ of: task, answer: { status: 'failed', error } });
    });
    worker.postMessage(task);
    return () => worker.terminate();
  }, [task]);
  if (task === null || small !== null) return small;
  return large?.of === task ? large.answer : { status: 'running' };
}
