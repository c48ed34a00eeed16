package service

import "net/http"

// preflight answers a browser's question whether it may call the service. Any
// origin may: what a call may do is decided by its credentials, which browsers
// do not send along by themselves, so that there is nothing to forge.
// Source: https://fetch.spec.whatwg.org/#http-cors-protocol.
func preflight(w http.ResponseWriter, r *http.Request, h *Handler) bool {
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	// A preflight has neither target nor signature: it cannot name its service.
	if h != nil && !h.Service.CORS {
		w.WriteHeader(http.StatusForbidden)
		return true
	}
	head := w.Header()
	head.Set("Access-Control-Allow-Origin", "*")
	head.Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
	if want := r.Header.Get("Access-Control-Request-Headers"); want != "" && len(want) <= 2048 {
		head.Set("Access-Control-Allow-Headers", want)
	}
	head.Set("Access-Control-Max-Age", "172800")
	head.Set("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
	w.WriteHeader(http.StatusOK)
	return true
}

func exposeToBrowser(head http.Header) {
	head.Set("Access-Control-Allow-Origin", "*")
	head.Set("Access-Control-Expose-Headers", "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,x-amz-crc32,Date")
}
