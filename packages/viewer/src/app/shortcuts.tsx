import { useEffect, useRef, useState } from 'react';
import { KeySequence } from './key-sequence.ts';

export interface Shortcut {
  /** As `KeyboardEvent.key` has it, with `Shift+` or `Mod+` before it; two keys in a row as `g e`. */
  readonly keys: string;
  readonly label: string;
  /** Without it the help only tells of keys that a part of the page hears itself while it has the focus. */
  readonly run?: (event: KeyboardEvent) => void;
}
export interface ShortcutGroup {
  readonly title: string;
  readonly shortcuts: readonly Shortcut[];
}

const groups = new Set<{ current: ShortcutGroup }>();
const pressed = new KeySequence<Shortcut>();

export function activeShortcutGroups(): readonly ShortcutGroup[] {
  const byTitle = new Map<string, Shortcut[]>();
  for (const { current } of groups) {
    byTitle.set(current.title, [...(byTitle.get(current.title) ?? []), ...current.shortcuts]);
  }
  return [...byTitle].map(([title, shortcuts]) => ({ title, shortcuts }));
}

/** The latest part of the page that hears the keys wins. */
function shortcutOf(keys: string): Shortcut | undefined {
  for (const { current } of [...groups].reverse()) {
    const match = current.shortcuts.find((shortcut) => shortcut.keys === keys && shortcut.run !== undefined);
    if (match !== undefined) return match;
  }
  return undefined;
}

/** Typing in a field is never a shortcut. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLElement && target.isContentEditable)
  );
}

function describeKey(event: KeyboardEvent): string {
  const mod = event.ctrlKey || event.metaKey ? 'Mod+' : '';
  const shift = event.shiftKey && (event.key.length > 1 || /[A-Z]/.test(event.key)) ? 'Shift+' : '';
  return `${mod}${shift}${event.key}`;
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey || isTyping(event.target)) return;
  if (document.querySelector('dialog[open]') !== null) return;
  const match = pressed.next(describeKey(event), performance.now(), shortcutOf);
  if (match?.run === undefined) return;
  event.preventDefault();
  match.run(event);
}
window.addEventListener('keydown', onKeyDown);

export function useShortcuts(title: string, shortcuts: readonly Shortcut[]): void {
  const ref = useRef<ShortcutGroup>({ title, shortcuts });
  useEffect(() => {
    ref.current = { title, shortcuts };
  });
  useEffect(() => {
    const entry = ref;
    groups.add(entry);
    return () => {
      groups.delete(entry);
    };
  }, []);
}

const keyNames: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  Enter: '↵',
  Backspace: '⌫',
  PageDown: 'PgDn',
  PageUp: 'PgUp',
};

function Keys({ keys }: { keys: string }) {
  return keys.split(' ').map((key) => (
    <kbd className="kbd" key={key}>
      {key
        .split('+')
        .map((part) => keyNames[part] ?? (part === 'Mod' ? 'Ctrl' : part))
        .join(' ')}
    </kbd>
  ));
}

export function HelpDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const ref = useRef<HTMLDialogElement>(null);
  const [shown, setShown] = useState<readonly ShortcutGroup[]>([]);
  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return;
    if (open && !dialog.open) {
      setShown(activeShortcutGroups());
      dialog.showModal();
    }
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return (
    <dialog ref={ref} onClose={onClose} aria-labelledby="help-title" className="help">
      <div className="panel-head">
        <h2 id="help-title">Keyboard</h2>
        <span className="spread" />
        <button type="button" className="button plain" onClick={onClose}>
          Close <kbd className="kbd">Esc</kbd>
        </button>
      </div>
      <div className="help-groups">
        {shown.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl>
              {group.shortcuts.map((shortcut) => (
                <div key={shortcut.keys}>
                  <dt>
                    <Keys keys={shortcut.keys} />
                  </dt>
                  <dd>{shortcut.label}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </dialog>
  );
}
