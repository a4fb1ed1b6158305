// What does not fit: returns a list of places, empty where all is well.
() => {
  const found = [];
  const page = document.documentElement.clientWidth;
  const hidden = element => element.closest(".skip, thead") && getComputedStyle(element.closest(".skip, thead")).position === "absolute";
  const said = text => text.trim().replace(/\s+/g, " ").slice(0, 40);

  if (document.documentElement.scrollWidth > page) found.push(`the page scrolls: ${document.documentElement.scrollWidth} of ${page}`);

  for (const element of document.body.querySelectorAll("*")) {
    if (element.closest("svg") || hidden(element)) continue;
    const style = getComputedStyle(element);
    if (style.overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1) found.push(`cut off: ${said(element.textContent)}`);
    if (style.textOverflow === "ellipsis") found.push(`shortened: ${said(element.textContent)}`);
  }

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode, parent = text.parentElement;
    if (!text.data.trim() || parent.closest("svg, style") || hidden(parent)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const box = parent.closest("td, th, caption, dt, dd, li, p, h1, h2, h3, pre, figcaption").getBoundingClientRect();
    for (const line of range.getClientRects()) {
      if (line.left < -0.5 || line.right > page + 0.5) found.push(`outside the page: ${said(text.data)}`);
      if (line.left < box.left - 1 || line.right > box.right + 1) found.push(`outside its box: ${said(text.data)}`);
    }
  }

  for (const svg of document.querySelectorAll("figure svg")) {
    const frame = svg.getBoundingClientRect();
    if (!frame.width) continue;  // the drawing for another width
    const texts = [...svg.querySelectorAll("text")].filter(text => text.textContent.trim());
    const boxes = texts.map(text => text.getBoundingClientRect());
    texts.forEach((text, i) => {
      const size = parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a;
      if (size < 9) found.push(`${size.toFixed(1)} px: ${said(text.textContent)}`);
      const box = boxes[i];
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
        found.push(`outside its drawing: ${said(text.textContent)}`);
      for (let j = 0; j < i; j++) {
        const other = boxes[j], slack = 3;  // boxes of letters are higher than the letters
        if (box.left < other.right && other.left < box.right && box.top + slack < other.bottom && other.top + slack < box.bottom)
          found.push(`one upon the other: ${said(text.textContent)} and ${said(texts[j].textContent)}`);
      }
    });
  }
  return found;
}
