// A number that goes down to nothing at an even pace. The words beside it say the same.

interface Props {
  readonly title: string;
  readonly from: string;
  readonly to: string;
}

export function Decline({ title, from, to }: Props) {
  return (
    <figure class="chart" aria-hidden="true">
      <figcaption>{title}</figcaption>
      <svg class="decline" width="100%" height="120" focusable="false">
        <line class="axis" x1="0" y1="119" x2="100%" y2="119" />
        <line class="falls" x1="0" y1="4" x2="100%" y2="118" />
      </svg>
      <p class="ends"><span>{from}</span> <span>{to}</span></p>
    </figure>
  );
}
