// The focus of whoever has no pointer. A button that is busy, or gone with its form, loses it, and the next Tab would begin at the top of the
// page: it comes back to the button, or goes to the heading of what the button was in.

/** Milliseconds after a change in which the screen itself may give the focus: a new screen, what is wrong, a dialog that closes. */
const PATIENCE = 150;

/** What had the focus last, and what that was in, from the inside. Nothing once a pointer is used: it takes the focus away on purpose. */
let around: readonly Element[] = [];

function remember(event: FocusEvent): void {
  const found: Element[] = [];
  for (let at = event.target instanceof Element ? event.target : null; at; at = at.parentElement) found.push(at);
  around = found;
}

function giveBack(): void {
  const [last] = around;
  if (!last || !document.hasFocus() || (document.activeElement && document.activeElement !== document.body)) return;
  if (last instanceof HTMLElement && last.isConnected) {
    // While it is busy it cannot take it.
    last.focus();
    return;
  }
  const heading = around.filter((one) => one.isConnected).map((one) => one.querySelector<HTMLElement>('h1, h2, h3')).find(Boolean);
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus();
}

/** Looks after the focus, until it is told to stop. */
export function watchFocus(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const changes = new MutationObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(giveBack, PATIENCE);
  });
  const forget = () => { around = []; };
  changes.observe(document.body, { subtree: true, childList: true, attributeFilter: ['disabled'] });
  addEventListener('focusin', remember);
  addEventListener('pointerdown', forget);
  return () => {
    clearTimeout(timer);
    changes.disconnect();
    removeEventListener('focusin', remember);
    removeEventListener('pointerdown', forget);
    forget();
  };
}
