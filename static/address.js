// Names the visitor's choices in the address, without a new entry in the history: Back leads to the page before.
export default function ({ data }) {
  const address = new URL(location.href);
  for (const [name, value] of Object.entries(data.choices)) address.searchParams.set(name, value);
  if (address.href !== location.href) history.replaceState(history.state, "", address);
  return () => {};
}
