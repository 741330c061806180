import { type ReactNode, useEffect, useRef, useState } from 'react';

interface PopoverProps {
  /** What the button shows. */
  readonly label: ReactNode;
  /** What a screen reader says of the button, where the label is only a glyph. */
  readonly name?: string;
  readonly className?: string;
  readonly end?: boolean;
  readonly children: (close: () => void) => ReactNode;
}

/** A button with a panel beneath it. Escape, a click elsewhere and focus leaving close it. */
export function Popover({ label, name, className = 'button', end = false, children }: PopoverProps) {
  const [open, setOpen] = useState(false);
  const ref = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    const onPointer = (event: PointerEvent) => {
      if (event.target instanceof Node && ref.current?.contains(event.target) !== true) setOpen(false);
    };
    document.addEventListener('pointerdown', onPointer);
    return () => document.removeEventListener('pointerdown', onPointer);
  }, [open]);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears the Escape of what is inside it
    <div
      ref={ref}
      className="popover-anchor"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.stopPropagation();
        event.preventDefault();
        close();
      }}
      onBlur={(event) => {
        if (event.relatedTarget instanceof Node && !event.currentTarget.contains(event.relatedTarget))
          setOpen(false);
      }}
    >
      <button
        ref={button}
        type="button"
        className={className}
        aria-expanded={open}
        aria-haspopup="dialog"
        {...(name === undefined ? {} : { 'aria-label': name, title: name })}
        onClick={() => setOpen(!open)}
      >
        {label}
      </button>
      {open && <div className={end ? 'popover end' : 'popover'}>{children(close)}</div>}
    </div>
  );
}
