from lab2 import *
tag=sys.argv[1]; c=json.loads(sys.argv[2]); b=torch.load(c.get("base","e7a_base.pt")); fz=tuple(c.get("freeze",()))
kw=dict(tokens=800,log=200,freeze=fz,noise=c.get("noise",0),scale=c.get("scale"))
j=train(b,with_replay(JAP,c["jrep"]),c["js"],c["jl"],3,**kw) if "ja" not in c else torch.load(c["ja"]); torch.save(j,f"{tag}_ja.pt"); report(j,"ja")
m=train(b,with_replay(MATHP2,c["mrep"]),c["ms"],c["ml"],2,**kw) if "math" not in c else torch.load(c["math"]); torch.save(m,f"{tag}_math.pt"); report(m,"math")
for wm,wj in ((1,1),(.5,.5),(.8,.8),(1,.7),(.7,1),(1.2,1.2)): report(add(b,(wm,m),(wj,j)),f"M{wm} J{wj}")
dm=torch.cat([(m[k]-b[k]).flatten() for k in b]); dj=torch.cat([(j[k]-b[k]).flatten() for k in b])
print("norms",dm.norm().item(),dj.norm().item(),"cos",F.cosine_similarity(dm,dj,dim=0).item())
