// The answer to a deletion of many objects.
#include "services/oss/wire/document_writer.h"
#include "services/oss/wire/documents.h"

namespace lakeside::oss::wire {

std::string delete_result(const DeleteManyAnswer& answer, Dialect dialect) {
  DocumentWriter doc("DeleteResult", dialect, answer.url_encoding);
  XmlWriter& xml = doc.xml();
  for (const std::string& key : answer.deleted) {
    xml.open("Deleted");
    doc.name("Key", key);
    xml.close("Deleted");
  }
  for (const DeleteManyAnswer::Failed& failed : answer.failed) {
    xml.open("Error");
    doc.name("Key", failed.key);
    xml.text("Code", failed.code);
    xml.text("Message", failed.message);
    xml.close("Error");
  }
  return doc.finish();
}

}  // namespace lakeside::oss::wire
