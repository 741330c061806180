export function Logo() {
  return (
    <span className="logo">
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <path className="logo-a" d="M1 3h10v3H1z" />
        <path className="logo-b" d="M5 8.500h9v3H5z" />
        <path className="logo-c" d="M11 14h8v3h-8z" />
      </svg>
      <span>
        utxo<b>IQ</b> <span className="logo-word">Tracing</span>
      </span>
    </span>
  );
}
