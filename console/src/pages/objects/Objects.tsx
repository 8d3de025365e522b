export default function Objects() { return null; }
