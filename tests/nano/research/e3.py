from lab import *
b=init(0); kind=sys.argv[1]
t=time.time()
if kind=="muon": b=train(b,BASE,1600,5e-3,1,tokens=800,wd=.01,log=100,muon=.02,evals=200)
else: b=train(b,BASE,1600,3e-3,1,tokens=800,wd=.05,log=100,evals=200)
torch.save(b,f"e3_{kind}.pt"); report(b,"base"); print(time.time()-t)
