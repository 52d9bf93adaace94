import{f as t,i as e}from"./part-23OMJT6T.js";var n=0;function r(){let o=!0;return n+=1,()=>{o&&(n=Math.max(0,n-1)),o=!1}}e({all:()=>n,unkept:()=>n});t(()=>{n=0});export{r as a};
