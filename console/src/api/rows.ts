// The elements of one name in a long answer. A document of a thousand objects is 15,000 nodes, which
// the browser's memory keeps long after: someone who scrolls through a million keys makes a thousand of
// them. What is read here is one of our own server's lists: no attributes, comments or CDATA.

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (whole, hex, decimal, name) => {
    if (name) return NAMED[name as string] ?? whole;
    return String.fromCodePoint(hex ? parseInt(hex as string, 16) : Number(decimal));
  });
}

// A part of a text keeps all of the text in memory, until it is a text of its own.
const copy = (text: string) => JSON.parse(JSON.stringify(text)) as string;

// The innermost elements of each, by name.
export function rowsOf(xml: string, name: string): Record<string, string>[] {
  const rows: Record<string, string>[] = [];
  const end = `</${name}>`;
  for (let at = xml.indexOf(`<${name}>`); at >= 0; at = xml.indexOf(`<${name}>`, at)) {
    const stop = xml.indexOf(end, at);
    if (stop < 0) break;
    const row: Record<string, string> = {};
    const inside = xml.slice(at + name.length + 2, stop);
    for (const [, tag, text] of inside.matchAll(/<(\w+)>([^<]*)<\/\1>/g)) {
      row[tag!] = copy(unescapeXml(text!));
    }
    rows.push(row);
    at = stop;
  }
  return rows;
}

// The only element of that name, or nothing.
export function textOf(xml: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml);
  return found ? copy(unescapeXml(found[1]!)) : undefined;
}
