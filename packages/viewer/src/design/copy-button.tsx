import { useEffect, useState } from 'react';
import { Icon, type IconName } from './icon.tsx';

/** Clipboards are refused to pages that are not served safely; a selection works everywhere. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

interface CopyButtonProps {
  readonly text: string | (() => string);
  readonly what: string;
  readonly icon?: IconName;
}

export function CopyButton({ text, what, icon = 'copy' }: CopyButtonProps) {
  const [state, setState] = useState<'idle' | 'done' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), 1500);
    return () => clearTimeout(timer);
  }, [state]);
  const label =
    state === 'idle' ? `Copy ${what}` : state === 'done' ? 'Copied' : 'The browser refused to copy';
  return (
    <button
      type="button"
      className={state === 'done' ? 'button plain icon small good' : 'button plain icon small'}
      aria-label={label}
      title={label}
      onClick={() => {
        copyText(typeof text === 'string' ? text : text()).then(
          () => setState('done'),
          () => setState('failed'),
        );
      }}
    >
      <Icon name={state === 'done' ? 'check' : icon} />
    </button>
  );
}
