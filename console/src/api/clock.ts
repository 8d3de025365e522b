// The server's clock less ours, once it has told us that they differ.
let skew = 0;

export const serverNow = () => new Date(Date.now() + skew);

export function learnServerTime(time: number) {
  skew = time - Date.now();
}
