// A button beside each block of commands that copies it. Without this script the guides say the same.

for (const block of navigator.clipboard ? document.querySelectorAll('pre.commands') : []) {
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', className: 'copy', textContent: 'Copy' });
  button.setAttribute('aria-label', 'Copy these commands');
  button.addEventListener('click', async () => {
    const isCopied = await navigator.clipboard.writeText(block.textContent).then(() => true, () => false);
    button.textContent = isCopied ? 'Copied' : 'Not allowed';
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
  });
  const frame = document.createElement('div');
  frame.className = 'commands';
  block.replaceWith(frame);
  frame.append(block, button);
}
