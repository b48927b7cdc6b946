"""CMA-ES over merge weights. groups: per layer attention/mlp or per layer."""
from lab2 import *
import numpy as np, cmaes
def group(k,how):
    if "layers" not in k: return 0
    i=int(k.split(".")[2])
    if how=="layer": return 1+i
    return 1+2*i+(0 if ("attn" in k or "input_layernorm" in k) else 1)
def build(base,parents,w,how):
    n=1+max(group(k,how) for k in base)
    return {k:base[k]+sum(float(w[j*n+group(k,how)])*(p[k]-base[k]) for j,p in enumerate(parents)) for k in base}
def search(base,parents,its,budget,seed,how="part",pop=None,x0=.5,sigma=1/6,hi=1.5,smooth=0.0,verbose=False):
    n=1+max(group(k,how) for k in base); d=n*len(parents)
    es=cmaes.CMA(mean=np.full(d,x0),sigma=sigma,bounds=np.array([[0,hi]]*d),seed=seed+1,population_size=pop or 4+int(3*math.log(d)))
    best=(-1,None); used=0; hist=[]
    while used+es.population_size<=budget:
        sol=[]
        for _ in range(es.population_size):
            x=es.ask(); s=np.mean(score(build(base,parents,x,how),its,True)[0]); used+=1
            sol.append((x,-s)); 
            if s>best[0]: best=(s,x)
        es.tell(sol); hist.append(float(np.mean([-v for _,v in sol])))
        if verbose: print(used,round(best[0],3),round(hist[-1],3),flush=True)
    return best[0],best[1],es.mean,hist
