// A file in this page's memory has an address here, as long as it is shown.

import { useEffect, useState } from 'preact/hooks';

export function useAddress(file: Blob): string {
  const [address, setAddress] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return address;
}
