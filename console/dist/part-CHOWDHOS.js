import{T as e}from"./part-6DDAO22V.js";async function o(t,n={}){return(await e(t,n,"text/csv")).body.text()}export{o as a};
